"""Compile both passes for GPUs that need not be there: a line a kernel, with the bytes of shared memory it takes.

Run it without TRITON_INTERPRET. What the interpreter lets pass, a type that changes in a loop say, fails here.
"""

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from npair_viz.losses.kernels import triton_fused, triton_passes
from npair_viz.losses.kernels.negatives import Negatives

CASES = [  # compute capability, dtype, d, objective, whether there are labels and invalid rows
    (89, torch.bfloat16, 128, "mc", False),
    (90, torch.float16, 128, "ovo", True),
    (89, torch.float32, 500, "mc", True),
]
TYPES = {torch.float32: "*fp32", torch.bfloat16: "*bf16", torch.float16: "*fp16"}
OPTIONS = ("num_warps", "num_stages", "enable_fp_fusion")


def shared_memory(kernel, capability: int, dtype: torch.dtype, d: int, objective: str, is_masked: bool) -> int:
    rows = torch.empty(1024, d, dtype=dtype, device="meta")
    setting = triton_fused._setting(rows, rows, Negatives(), objective)
    options = {name: setting.pop(name) for name in OPTIONS}
    types = dict.fromkeys(("m", "n", "first"), "i32") | dict.fromkeys(("anchors", "positives"), TYPES[dtype])
    if is_masked:
        types |= {"labels": "*i64", "valid": "*u8"}
    else:
        setting |= {"labels": None, "valid": None}
    signature, constants, attributes = {}, {}, {}
    for place, name in enumerate(kernel.arg_names):
        if name in setting and name not in types:
            signature[name], constants[(place,)] = "constexpr", setting[name]
        else:
            signature[name], attributes[(place,)] = types.get(name, "*fp32"), [["tt.divisibility", 16]]
    source = ASTSource(kernel, signature, constants, attributes)
    return triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options).metadata.shared


if __name__ == "__main__":
    for case in CASES:
        for kernel in (triton_passes.row_pass, triton_passes.column_pass):
            print(case[0], kernel.__name__, shared_memory(kernel, *case))
