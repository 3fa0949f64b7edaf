"""Command lines about files that are no files, numbers that are no sizes, and places where nothing can be written."""

# what a file may be instead of one; each of them stands in the folder of the tests, or in the system
NO_LABELS = (
    "pipe",
    "pipe.npy",
    "pipe.csv::a",
    "/dev/zero",
    "cut.npy",
    "loop",
    "nul.csv::b",
    "damaged.npz::y",
    "directory.npy",
    "utf16.txt",
)
NO_TABLES = (
    "pipe.json",
    "directory.json",
    "deep.json",
    "long.json",
    "nul.json",
    "empty.json",
    "object.json",
    "nan.json",
    "/dev/zero",
    "loop",
)
NO_MODULES = (
    *("pipe.py::mine", "directory.py::mine", "exits.py::mine", "deep.py::mine", "number.py::mine", "raises.py::mine", "nothing.py::mine"),
    *("bytes.py::mine", "complex.py::mine", "infinite.py::mine", "kinked.py::mine", "/dev/zero::mine", "loop::mine"),
)
NO_PLACES = ("directory.png", "loop/x.png", "/proc/x.png", "/dev/full/x.png", "pipe.png/x.png")
NO_FOLDERS = ("pipe", "loop", "/dev/full", "/proc/x", "plain", "directory.png/x/../../plain")
HUGE = ("1e999999999", "1e-999999999", "1e999", "-1e999")
SMALL = "--sizes 2,2 --tau 1"
STEP = "threshold --profile step --k 4 --n-min 3 --tau 1/2 --kind merged"
HOSTILE = [
    *(f"audit frame.npy {name} --tau 1" for name in NO_LABELS),
    *(f"audit {name} y.npy --tau 1" for name in ("pipe.npy", "directory.npy", "cut.npy", "damaged.npz::x", "/dev/zero", "loop.npy")),
    *(f"audit frame.npy y.npy --tau 1 --classifier {name}" for name in ("pipe.npy", "directory.npy", "cut.npy")),
    *(f"audit frame.npy y.npy --tau 1 --save {name}" for name in NO_FOLDERS),
    *(f"audit frame.npy y.npy --tau 1 --html {name}" for name in ("directory.png", "loop/x.html", "/proc/x.html")),
    *(f"optimum --tau 1 --labels {name}" for name in NO_LABELS),
    *(f"optimum --tau 1 --loss y_aware --sizes 2,2 --kernel {name}" for name in NO_TABLES),
    *(f"optimum --tau 1 --loss soft_supcon --sizes 2,2 --targets {name}" for name in NO_TABLES[:3]),
    *(f"optimum --tau 1 --loss mini_batches --pairs 4 --batches {name}" for name in (*NO_TABLES[:3], "all:0", f"all:{'9' * 5000}")),
    *(f"optimum --tau 1 --loss multi_label --label-sets {name}" for name in NO_TABLES[:3]),
    *(f"optimum {SMALL} --loss {name}" for name in NO_MODULES),
    *(f"optimum {SMALL} --plot {name}" for name in NO_PLACES),
    *(f"optimum {SMALL} --save {name}" for name in NO_FOLDERS),
    *(f"optimum --sizes 2,2 --tau {number}" for number in HUGE),
    *(f"optimum {SMALL} --constraint {kind}:{number}" for kind in ("sphere", "ball", "ridge") for number in (*HUGE[:2], "")),
    *(f"optimum --loss siglip --pairs 3 --tau 1 --bias {number}" for number in (*HUGE, "free:0,1e999", "ridge:1e999")),
    *(f"optimum --loss cosface --sizes 3,3 --tau 1 --margin {number}" for number in HUGE[2:]),
    *(f"optimum --loss {name} --tau 1" for name in ("y_aware --kernel [[1e999,0],[0,1]]", "multi_similarity --sizes 3,3 --margin 1e999")),
    *(f"optimum --loss soft_supcon --sizes 2,2 --tau 1 --targets {table}" for table in ("[[1e999,0],[0,1]]", "[[true,0],[0,1]]")),
    *(f"points {SMALL} --dim 2 --plot {name}" for name in NO_PLACES),
    *("points --loss clip --pairs 99999999 --tau 1 --dim 3", "points --loss siglip --pairs 99999999 --tau 1 --dim 1"),
    *("crosscheck --loss clip --pairs 99999999 --tau 1", "crosscheck --loss uniformity --samples 99999999 --tau 1"),
    *("points --loss clip --pairs 5000 --tau 1 --dim 50", "crosscheck --loss y_aware --kernel pipe.json --tau 1"),
    *(f"threshold --sizes 4,2 --dim 3 --tau 1/20,1/10 --plot {name}" for name in NO_PLACES),
    *(f"threshold --sizes 3,3 --kind simplex --tau 1/10,1/5 --plot {name}" for name in NO_PLACES[:3]),
    *(f"threshold --sizes 3,3 --kind simplex --tau {ends}" for ends in ("1/10,1e999999999", "1e-999999999,1")),
    *(f"{STEP} --ratio {ends}" for ends in ("2,1e999999999", "1e-999999999,3", "2,3,4", "'2;3'")),
    *(f"landscape {SMALL} --dim 2 --save {name}" for name in NO_FOLDERS[:3]),
    *(f"suite --loss {name}" for name in NO_MODULES[:3]),
    *("suite --loss y_aware --kernel pipe.json", "suite --loss siglip --pairs 3 --bias 1e999", "suite --loss supcon --save pipe"),
    *(f"sweep {name} --out swept" for name in ("pipe", "pipe.toml", "directory.toml", "deep.toml", "/dev/zero", "loop", "empty.toml")),
    *(f"sweep grid.toml --out swept --table {name}" for name in ("directory.csv", "/proc/x.csv", "loop/x.csv", "pipe.csv/x.csv")),
    *(f"sweep grid.toml --out swept --plot {name}" for name in NO_PLACES),
    *(f"sweep grid.toml --out {name}" for name in NO_FOLDERS[:4]),
    *(f"check {name}" for name in ("pipe.py", "pipe", "directory.json", "/dev/zero", "loop", "empty.json", "deep.py", "number.py")),
    *(f"prove {name}" for name in ("pipe.py", "pipe", "/dev/zero", "loop", "twice.py", "pipe --open", "deep.py", "number.py")),
    *(f"prove proof.py --html {name}" for name in ("directory.png", "loop/x.html", "/proc/x.html")),
    *(f"prove proof.py --save {name}" for name in NO_FOLDERS[:3]),
    *(f"verify {name}" for name in ("pipe", "pipe.json", "loop", "plain --memory 1e999", "plain --limit 1e999", "empty")),
    *(f"export {name} --coq --out judged" for name in ("pipe.json", "/dev/zero", "deep.json", "nul.json", "directory.json", "long.json")),
]
