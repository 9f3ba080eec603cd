"""Multiply-accumulates operator by operator, while a network runs."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

aten = torch.ops.aten

# What torch tags neither as pointwise nor as a reduction and is no product either: it creates or moves numbers, sorts
# and compares them, works on them one by one, quantizes, normalises, pools, interpolates. Without the underscore at the
# end of those that write into their argument; names without a library are aten's.
_NO_PRODUCT_NAMES = """
_embedding_bag _embedding_bag_forward_only _index_put_impl _stack _to_copy _to_dense _to_sparse _to_sparse_csr
_unsafe_index _unsafe_index_put _unsafe_masked_index _unsafe_view as_strided as_strided_scatter block_diag cat
channel_shuffle col2im constant_pad_nd copy diag_embed diagonal_scatter embedding fill flip gather im2col index
index_add index_fill index_put index_reduce index_select lift lift_fresh masked_fill masked_scatter masked_select
pixel_shuffle pixel_unshuffle put reflection_pad1d reflection_pad2d reflection_pad3d repeat repeat_interleave
replication_pad1d replication_pad2d replication_pad3d roll rot90 scatter scatter_add scatter_reduce select_scatter
slice_scatter squeeze stack t take transpose tril triu unsafe_split unsafe_split_with_sizes unsqueeze zero

empty_like full_like new_empty new_empty_strided new_full new_ones new_zeros ones_like zeros_like rand_like randn_like
randint_like bernoulli exponential multinomial native_dropout normal random uniform

_unique2 argsort bincount bucketize cummax cummin histc isin kthvalue median mode nonzero searchsorted sort topk trace
unique_consecutive unique_dim torchvision::nms

_prelu_kernel abs binary_cross_entropy binary_cross_entropy_with_logits copysign cumprod cumsum eq floor_divide ge gelu
glu gt hardswish heaviside huber_loss le log_sigmoid_forward logcumsumexp lt mish mse_loss ne nll_loss2d_forward
nll_loss_forward rrelu_with_noise smooth_l1_loss threshold xlogy

_fused_moving_avg_obs_fq_helper dequantize fake_quantize_per_channel_affine_cachemask
fake_quantize_per_tensor_affine_cachemask _fake_quantize_per_tensor_affine_cachemask_tensor_qparams int_repr
quantize_per_channel quantize_per_tensor quantize_per_tensor_dynamic

_log_softmax _masked_softmax _safe_softmax _softmax

_batch_norm_no_update _fused_rms_norm _native_batch_norm_legit _native_batch_norm_legit_no_training native_batch_norm
native_group_norm native_layer_norm renorm

_adaptive_avg_pool2d _adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d avg_pool2d avg_pool3d
fractional_max_pool2d max_pool2d_with_indices max_pool3d_with_indices max_unpool2d torchvision::roi_pool

_upsample_bicubic2d_aa _upsample_bilinear2d_aa _upsample_nearest_exact1d _upsample_nearest_exact2d grid_sampler_2d
grid_sampler_3d upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d
upsample_nearest3d upsample_trilinear3d torchvision::roi_align
"""
_NO_PRODUCT = frozenset(_NO_PRODUCT_NAMES.split())


def _product_macs(left: Tensor, right: Tensor) -> int:
    """Count (..., m, k) @ (..., k, n)."""
    return left.numel() * right.shape[-1]


def _attention_macs(query: Tensor, key: Tensor, value: Tensor) -> int:
    """Count the scores and the weighted sum of values, all three (N, heads, length, width)."""
    num_scores = query.numel() // query.shape[-1] * key.shape[-2]
    return num_scores * (query.shape[-1] + value.shape[-1])


def _bilinear_macs(left: Tensor, weight: Tensor) -> int:
    """Count left (N, m) by weight (outputs, m, n), then by right (N, n): the order in which torch computes them."""
    return left.shape[0] * (weight.numel() + weight.shape[0] * weight.shape[2])


def _recurrent_macs(inputs: Tensor, input_weight: Tensor, hidden_weight: Tensor) -> int:
    """Count one layer in one direction over inputs (length, N, features); weights are (gates * hidden, ...)."""
    return inputs.shape[0] * inputs.shape[1] * (input_weight.numel() + hidden_weight.numel())


# What torch's own formulas leave out, by the arguments that each operator starts with.
_PRODUCTS: dict[object, Callable[..., int]] = {
    aten.dot: lambda left, *_: left.numel(),
    aten.vdot: lambda left, *_: left.numel(),
    aten.mv: lambda matrix, *_: matrix.numel(),
    aten.addmv: lambda _start, matrix, *_: matrix.numel(),
    aten.addr: lambda _start, left, right, *_: left.numel() * right.numel(),
    aten.addbmm: lambda _start, left, right, *_: _product_macs(left, right),
    aten._addmm_activation: lambda _start, left, right, *_: _product_macs(left, right),
    aten._int_mm: lambda left, right, *_: _product_macs(left, right),
    aten._scaled_dot_product_flash_attention_for_cpu: lambda query, key, value, *_: _attention_macs(query, key, value),
    aten._trilinear: lambda left, weight, *_: _bilinear_macs(left, weight),
    aten.mkldnn_rnn_layer: lambda inputs, of_input, of_hidden, *_: _recurrent_macs(inputs, of_input, of_hidden),
}


class MacCounter(TorchDispatchMode):
    """Adds up the multiply-accumulates of every operator that runs inside, by torch's formulas and `_PRODUCTS`.

    An operator that neither has a formula nor is known to be no product raises.

    Attributes:
        macs: counted so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(
        self, func: object, _types: object, args: tuple = (), kwargs: dict[str, object] | None = None
    ) -> object:
        kwargs = kwargs or {}
        is_operator = isinstance(func, torch._ops.OpOverload)
        packet = func.overloadpacket if is_operator else func
        if packet not in _PRODUCTS and packet not in flop_registry and is_operator:
            with self:
                outputs = func.decompose(*args, **kwargs)
            if outputs is not NotImplemented:
                return outputs
        outputs = func(*args, **kwargs)
        if packet in _PRODUCTS:
            self.macs += _PRODUCTS[packet](*args)
        elif packet in flop_registry:
            self.macs += flop_registry[packet](*args, **kwargs, out_val=outputs) // 2
        elif not is_operator or not _is_no_product(func, (args, kwargs), outputs):
            name = func._schema.name if is_operator else func
            raise ValueError(
                f"The counter does not know the operator {name}, and 0 would be wrong if it multiplies. Count the "
                "network without this operator, and the operator by hand: one MAC for each product that is summed up."
            )
        return outputs


def _is_no_product(func: torch._ops.OpOverload, inputs: object, outputs: object) -> bool:
    """Tell operators that create, move or compare numbers or work on one at a time from those that multiply in bulk."""
    is_view = any(result.alias_info and not result.alias_info.is_write for result in func._schema.returns)
    return (
        is_view
        or bool({torch.Tag.pointwise, torch.Tag.reduction} & set(func.tags))
        or func._schema.name.removeprefix("aten::").removesuffix("_") in _NO_PRODUCT
        or not tensors_in(inputs)
        or not (tensors_in(outputs) or func._schema.is_mutable)
    )


def tensors_in(value: object) -> list[Tensor]:
    """Return the tensors in nested lists, tuples and dicts, in their order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for item in value for tensor in tensors_in(item)] if isinstance(value, list | tuple) else []
