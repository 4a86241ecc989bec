"""A script of a user, which asks for everything: mypy --strict knows each answer. It is never run."""

from __future__ import annotations

import cnnparams

network: cnnparams.Network = cnnparams.load("mobilenet_v2", input=(3, 160, 160), width=0.5)
params: int = network.params + network.trainable_params + network.frozen_params + network.buffers + network.macs
names: list[str] = [layer.name for layer in network.layers[1:3]]
macs: int = network.layers[0].macs + network.layers["classifier"].macs + len(network.layers)

report: cnnparams.Report = network.report("peak-memory", columns=["layer"], sort="-params", top=3, depth=1, batch=8)
peak: int = report.peak_activation_bytes + report.layers[0].live_bytes
per_sample: float = network.report("params-per-sample", samples=1000, dtype="float16").params_per_sample
unknown = report.total_prams  # type: ignore[attr-defined]
unknown_of_layer = report.layers[0].prams  # type: ignore[attr-defined]
network.report(dtype="float61")  # type: ignore[arg-type]
network.report(bacth=8)  # type: ignore[call-arg]

memory: cnnparams.Memory = network.memory(training=True, limit="8GiB", optimizer="sgd", device="Raspberry Pi Pico")
batch: int | None = memory.fit.batch if memory.fit else None
field = network.receptive_field(top=2).layers[0].receptive_field
explained: cnnparams.Explanation = network.explain("classifier")
verdict: cnnparams.Verdict = network.check("params=4M", batch=2)
assert verdict

difference: cnnparams.Difference = cnnparams.diff(network, "resnet18", batch=2)
comparison: cnnparams.Comparison = cnnparams.compare(network, "resnet18", sort="-macs", plot=True)
for point in cnnparams.sweep(network, width=[0.5, 1], where="params < 2M", pareto="params", jobs=2, batch=2):
    totals = point["params"], point.values, point.totals
solution: cnnparams.Solution = cnnparams.solve(network, var="width", limits=["params=2M"], batch=2)
verification: cnnparams.Verification = cnnparams.verify(network, against="package.module:factory")
catalogue: cnnparams.Catalogue = cnnparams.layer_types("conv2d")
code: str = network.to_code() + network.to_yaml() + cnnparams.count(network).to_string("markdown", layout="chw")
model = network.set(width=1).variants()[0].to_pytorch(device="cpu")
for answer in (report, memory, explained, verdict, difference, comparison, solution, verification, catalogue):
    shown: str = repr(answer) + answer._repr_html_()
    written = answer.to_dict(), answer.to_dicts(), answer.rows(layout="chw")

try:
    cnnparams.load({"layers": []}, mode="eval")
except cnnparams.CnnparamsError as error:
    place: tuple[str | None, int | None, int | None, str | None] = error.file, error.line, error.column, error.hint
    problems = [problem.message for problem in error.problems]
