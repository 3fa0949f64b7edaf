"""Wrong command lines of the losses that bring their own nodes, of label files, of audits and of ranges."""

PAIRS = ("clip", "mnrl", "siglip")
WRONG_COUNTS = ("0", "1", "-3", "x", "2.5", "''", "99999999999999")
WRONG_NUMBERS = ("x", "nan", "inf", "1/0", "''")
WRONG_TABLES = ("absent.json", "'['", "plain", "'[[1,2],[3]]'", "'{}'", "''", "'[[\"x\"]]'", "3")
# of --loss: options that are wrong for it, or wrong in themselves
WRONG_LOSSES = [
    *(f"--loss {loss}" for loss in (*PAIRS, "cross_entropy", "ntxent", "infonce", "uniformity", "mixup", "soft_supcon", "y_aware")),
    *(f"--loss {loss} --pairs {count}" for loss in PAIRS for count in WRONG_COUNTS),
    *(f"--loss {loss} --pairs 3 --sizes 2,2" for loss in PAIRS),
    *(f"--loss {loss} --pairs 3 --dim 1" for loss in PAIRS),
    *(
        "--loss clip --pairs 3 --constraint image=fixed:2,text=ball",
        "--loss clip --pairs 3 --ignore-singletons",
        "--loss clip --pairs 3 --constraint cube",
    ),
    *("--loss clip --pairs 3 --bias 1", "--loss mnrl --pairs 3 --bias 1", "--loss supcon --sizes 2,2 --pairs 3"),
    *(f"--loss siglip --pairs 3 --bias {number}" for number in WRONG_NUMBERS),
    *(f"--loss cross_entropy --sizes 3,3 --smoothing {number}" for number in (*WRONG_NUMBERS, "1", "2", "-1/2")),
    *(f"--loss mnrl --pairs 3 --{name} {count}" for name in ("hard", "repeats") for count in ("-1", "x", "''")),
    *(f"--loss {loss} --images {count}" for loss in ("ntxent", "infonce") for count in ("0", "-1", "x")),
    *(f"--loss uniformity --samples {count}" for count in ("0", "-1", "x")),
    *(f"--loss mixup --classes {count}" for count in ("0", "-1", "x")),
    *(f"--loss ssem --classes 3 --images 2 --share {number}" for number in (*WRONG_NUMBERS, "-1", "2")),
    *(f"--loss multi_similarity --sizes 2,2 --{name} {number}" for name in ("alpha", "beta", "margin") for number in WRONG_NUMBERS),
    *(f"--loss multi_similarity --sizes 2,2 --{name} -1" for name in ("alpha", "beta")),
    *(f"--loss mini_batches --pairs 4 --batches {table}" for table in (*WRONG_TABLES, "all:x", "all:9", "'[[0,9]]'")),
    *(f"--loss soft_supcon --sizes 2,2 --targets {table}" for table in WRONG_TABLES),
    *(f"--loss y_aware --sizes 2,2 --kernel {table}" for table in WRONG_TABLES),
    *(f"--loss multi_label --label-sets {table}" for table in WRONG_TABLES),
    *(f"--sizes 2,2 --base-temperature {number}" for number in (*WRONG_NUMBERS, "0", "-1")),
]
WRONG_CLASSES = [
    *("--labels absent.npy", "--labels plain --sizes 2,2", "--labels empty.py", "--labels ''", "--labels plain::x"),
    *("--sizes 4,4 --batch 0", "--sizes 4,4 --batch x", "--sizes 4,4 --batch 99", "--sizes 4,4 --batch 1"),
    *("--sizes 2,2 --views 0", "--sizes 2,2 --views x", "--sizes 2,2 --views -1"),
    *("--profile step --k 4 --n-min 2 --ratio 5 --majorities 4", "--profile step --k 4 --n-min 2 --ratio 5 --majorities x"),
    *("--profile long-tailed --k 3 --n-max 0 --ratio 2", "--profile long-tailed --k 3 --n-max x --ratio 2"),
    *("--profile pareto --k 3 --n-max 2 --n-min 5", "--profile balanced --k 1000000000 --size 2", "--sizes 1,1 --ignore-singletons"),
    "--sizes 2,2 --majorities 1",
]
WRONG_AUDITS = [
    *("frame.npy y.npy", "frame.npy y.npy --tau 0", "frame.npy y.npy --tau x", "frame.npy absent.npy --tau 1", "absent.npy y.npy --tau 1"),
    *(
        "y.npy frame.npy --tau 1",
        "frame.npy plain --tau 1",
        "plain y.npy --tau 1",
        "frame.npy y.npy extra --tau 1",
        "frame.npy plain::x --tau 1",
    ),
    *(f"frame.npy y.npy --tau 1 --rho {number}" for number in (*WRONG_NUMBERS, "0", "-1", "2")),
    *(f"frame.npy y.npy --tau 1 --loss {loss}" for loss in ("nonsense", "spectral", "clip", "absent.py::x", "''")),
    *("frame.npy y.npy --tau 1 --seed -1", "frame.npy y.npy --tau 1 --seed x", "frame.npy y.npy --tau 1 --reduction max"),
    *("frame.npy y.npy --tau 1 --save plain", "frame.npy y.npy --tau 1 --save ''", "frame.npy y.npy --tau 1 --nonsense"),
    *("frame.npy y.npy --tau 1/1000", "missing.npy y.npy --tau 1", "nothing.npy y.npy --tau 1 --normalise", "long.npy y.npy --tau 1"),
    "frame.npy single.npy --tau 1",
]
WRONG_RANGES = [
    *("--ridge x", "--ridge 0", "--ridge 2,1", "--ridge 1,2,3", "--ridge ''", "--kind zero --ridge x", "--kind zero --ridge -1,2"),
    *("--kind merged --digits 0", "--kind merged --digits x", "--kind merged --digits 99", "--kind simplex --reduction max"),
    *("--loss clip --pairs 1 --kind simplex", "--loss clip --pairs x --kind simplex", "--profile balanced --k 3 --size x --kind simplex"),
]
WRONG_SWEEPS = [
    *("", "grid.toml", "absent.toml --out swept", "plain --out swept", "empty.py --out swept", ". --out swept", "'' --out swept"),
    *("grid.toml --out plain", "grid.toml --out ''", "grid.toml --out swept --question nonsense", "grid.toml --out swept --question ''"),
    *(f"grid.toml --out swept --starts {count}" for count in ("0", "-1", "x")),
    *(f"grid.toml --out swept --jobs {count}" for count in ("0", "-1", "x", "9999")),
    *(
        "grid.toml --out swept --scheduler nowhere",
        "grid.toml --out swept --table x.doc",
        "grid.toml --out swept --plot x.doc",
        "grid.toml --out swept --plot absent/x.png",
    ),
    *("grid.toml --out swept --nonsense", "grid.toml --out swept extra", "wrong.toml --out swept", "grid.toml --out plain/below"),
]
MORE_LINES = [
    *(f"sweep {wrong}" for wrong in WRONG_SWEEPS),
    *(f"optimum --tau 1/2 {wrong}" for wrong in (*WRONG_LOSSES, *WRONG_CLASSES)),
    *(f"threshold --tau 1/20,1/10 {wrong}" for wrong in WRONG_LOSSES[::5]),
    *(f"threshold --tau 1/20,1/10 --dim 3 {wrong}" for wrong in WRONG_CLASSES),
    *(f"threshold --sizes 3,3 --tau 1/2 {wrong}" for wrong in WRONG_RANGES),
    *(f"{command} --tau 1/2 --dim 2 {wrong}" for command in ("points", "landscape", "crosscheck") for wrong in WRONG_CLASSES[:12]),
    *(f"audit {wrong}" for wrong in WRONG_AUDITS),
    *(
        "losses extra",
        "losses --nonsense",
        "profiles extra",
        "profiles --nonsense",
        "prove . --open",
        "prove absent --open",
        "prove T99 --latex",
    ),
    *("prove T99 --quick", "verify plain --coq", "verify absent --coq", "verify . --coq", "prove T8 T99"),
    *(
        f"{line} --json"
        for line in ("verify absent.json", "audit frame.npy y.npy --tau 0", "optimum --sizes 2,x --tau 1", "check absent.py")
    ),
]
