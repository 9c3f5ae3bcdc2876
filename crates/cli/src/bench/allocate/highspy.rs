//! The same models by HiGHS's own Python interface, each solved whole with its defaults.

/// Reads a model and the gains of some draws; prints what solving each whole costs and finds. The
/// model is made once, and only what the solver is given and its run are on the clock.
pub const SCRIPT: &str = r#"
import json, os, sys, time
import numpy as np
import highspy

# HiGHS greets on standard output, which is for the answer alone.
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
made = json.load(open(sys.argv[1]))
inf = highspy.kHighsInf
lp = highspy.HighsLp()
lp.num_col_, lp.num_row_ = len(made["upper"]), len(made["limit"])
lp.col_lower_, lp.col_upper_ = np.array(made["lower"]), np.array(made["upper"])
limit, least = np.array(made["limit"]), np.array(made["at_least"], dtype=bool)
lp.row_lower_, lp.row_upper_ = np.where(least, limit, -inf), np.where(least, inf, limit)
lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
lp.a_matrix_.start_ = np.array(made["start"], dtype=np.int32)
lp.a_matrix_.index_ = np.array(made["index"], dtype=np.int32)
lp.a_matrix_.value_ = np.array(made["value"])
lp.sense_ = highspy.ObjSense.kMaximize
seconds, objectives = 0.0, []
for gains in made["gains"]:
    lp.col_cost_ = np.array(gains)
    start = time.monotonic()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    solver.run()
    solution = solver.getSolution()
    duals = np.array(solution.row_dual)
    seconds += time.monotonic() - start
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    objectives.append(solver.getObjectiveValue())
print(json.dumps({"seconds": seconds, "objectives": objectives}), file=answer)
"#;
