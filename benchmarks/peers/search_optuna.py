"""Asks Optuna's samplers, by default TPE, for points and tells it their values, which the benchmark computes.

search_optuna.py DIMENSIONS TRIALS: for each seed read from standard input, TRIALS times prints a point in [0, 1]^DIMENSIONS
and reads its value.
"""
import json
import sys

import optuna


def main(dimensions: int, trials: int) -> None:
    optuna.logging.disable_default_handler()
    space = {f"x{i}": optuna.distributions.FloatDistribution(0, 1) for i in range(dimensions)}
    for seed in sys.stdin:
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=int(seed)))
        for _ in range(trials):
            trial = study.ask(space)
            print(json.dumps([trial.params[name] for name in space]), flush=True)
            study.tell(trial, float(sys.stdin.readline()))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
