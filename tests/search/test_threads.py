"""How many threads BLAS may use."""

from threadpoolctl import threadpool_info, threadpool_limits

from scverify.search.threads import blas_threads_for


def test_small_problems_run_on_one_blas_thread():
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(limits=2, user_api="blas"):
        with blas_threads_for(100):
            assert threads() == {1}
        assert max(threads()) == 2
        with blas_threads_for(1000):
            assert max(threads()) == 2
