"""Two small networks that were converted by TensorFlow for tests/reference/tflm.json, with what is hard to plan."""

BRANCHES = """
input: {channels: 4, height: 16, width: 16}
layers:
  - {type: conv2d, name: a, out_channels: 8, kernel_size: 3, padding: 1, activation: relu}
  - {type: conv2d, name: b, out_channels: 4, kernel_size: 1}
  - {type: conv2d, name: c, out_channels: 4, kernel_size: 3, padding: 1, from: a}
  - {type: max_pool2d, name: d, kernel_size: 3, stride: 1, padding: 1, from: a}
  - {type: concat, from: [b, c, d]}
  - {type: batch_norm2d}
  - relu
  - {type: conv2d, name: e, out_channels: 8, kernel_size: 3, padding: 1}
  - {type: add, from: [e, a]}
  - relu
  - {type: conv2d, name: f, out_channels: 16, kernel_size: 3, stride: 2, padding: 1}
  - global_avg_pool2d
  - {type: reshape, shape: [16, 1, 1]}
  - {type: conv2d, name: g, out_channels: 16, kernel_size: 1, activation: sigmoid}
  - {type: multiply, from: [f, g]}
  - {type: conv2d, out_channels: 8, kernel_size: 1}
  - {type: prelu, num_parameters: 8}
  - flatten
  - {type: dropout, p: 0.5}
  - {type: linear, out_features: 5, bias: false}
"""

INVERTED = """
input: {channels: 3, height: 32, width: 32}
blocks:
  inverted:
    params: {out: null, stride: 1}
    layers:
      - {type: conv2d, name: up, out_channels: channels * 4, kernel_size: 1, bias: false}
      - {type: batch_norm2d, name: bn1, activation: relu6}
      - {type: depthwise_conv2d, name: dw, kernel_size: 3, stride: stride, padding: 1, bias: false}
      - {type: batch_norm2d, name: bn2, activation: relu6}
      - {type: conv2d, name: down, out_channels: out, kernel_size: 1, bias: false}
      - {type: batch_norm2d, name: bn3}
layers:
  - {type: conv2d, out_channels: 8, kernel_size: 3, stride: 2, padding: 1, bias: false}
  - {type: batch_norm2d, activation: relu6}
  - {type: residual, layers: [{block: inverted, out: 8}]}
  - {block: inverted, out: 16, stride: 2}
  - {type: residual, layers: [{block: inverted, out: 16}]}
  - {block: inverted, out: 24, stride: 2}
  - {type: residual, layers: [{block: inverted, out: 24}]}
  - global_avg_pool2d
  - {type: linear, out_features: 10}
"""
