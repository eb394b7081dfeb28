// SPDX-License-Identifier: Apache-2.0
#include "models/convolution.h"

#include "models/mvu.h"
#include "models/pad.h"
#include "models/sliding_window.h"
#include "models/vvu.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {
namespace {

/// A convolution as a user states it.
struct Layer {
  TensorShape input;
  WindowGeometry geometry;
  int channels = 1;
  int groups = 1;
  std::vector<Value> weights;

  int group_inputs() const { return input.channels / groups; }
  std::string describe() const {
    return test::describe({{"height", input.height},
                           {"width", input.width},
                           {"input channels", input.channels},
                           {"channels", channels},
                           {"groups", groups},
                           {"kernel_h", geometry.kernel_h},
                           {"kernel_w", geometry.kernel_w},
                           {"stride_h", geometry.stride_h},
                           {"stride_w", geometry.stride_w},
                           {"dilation_h", geometry.dilation_h},
                           {"dilation_w", geometry.dilation_w},
                           {"top", geometry.top},
                           {"left", geometry.left},
                           {"bottom", geometry.bottom},
                           {"right", geometry.right}});
  }
};

Layer draw_layer(Draw& draw, bool depthwise) {
  Layer layer;
  WindowGeometry& g = layer.geometry;
  for (int* size : {&g.kernel_h, &g.kernel_w, &g.stride_h, &g.stride_w}) *size = draw.between(1, 3);
  for (int* size : {&g.dilation_h, &g.dilation_w}) *size = draw.between(1, 2);
  for (int* side : {&g.top, &g.left, &g.bottom, &g.right}) *side = draw.between(0, 2);
  layer.input.height = (g.kernel_h - 1) * g.dilation_h + draw.between(1, 6);
  layer.input.width = (g.kernel_w - 1) * g.dilation_w + draw.between(1, 6);
  layer.input.type = DataType::signed_integer(8);
  if (depthwise) {
    layer.groups = layer.channels = layer.input.channels = draw.between(1, 8);
  } else {
    layer.groups = draw.between(1, 3);
    layer.input.channels = layer.groups * draw.between(1, 4);
    layer.channels = layer.groups * draw.between(1, 4);
  }
  layer.weights = draw.values(std::size_t(layer.channels) * g.window() * layer.group_inputs(),
                              DataType::signed_integer(6));
  return layer;
}

/// y(oy, ox, o) = sum over ky, kx, i of w(o, ky, kx, i) x(oy s - p + ky d, ...), by the definition.
Tensor convolve_by_definition(const Layer& layer, const Tensor& x) {
  const WindowGeometry& g = layer.geometry;
  const TensorShape shape = g.output(layer.input);
  Tensor y(shape.height, shape.width, layer.channels);
  for (int oy = 0; oy < y.height; ++oy) {
    for (int ox = 0; ox < y.width; ++ox) {
      for (int o = 0; o < layer.channels; ++o) {
        const int group = o / (layer.channels / layer.groups);
        for (int ky = 0; ky < g.kernel_h; ++ky) {
          for (int kx = 0; kx < g.kernel_w; ++kx) {
            const int iy = oy * g.stride_h - g.top + ky * g.dilation_h;
            const int ix = ox * g.stride_w - g.left + kx * g.dilation_w;
            if (iy < 0 || iy >= x.height || ix < 0 || ix >= x.width) continue;
            for (int i = 0; i < layer.group_inputs(); ++i) {
              const int weight =
                  ((o * g.kernel_h + ky) * g.kernel_w + kx) * layer.group_inputs() + i;
              y.at(oy, ox, o) +=
                  layer.weights[weight] * x.at(iy, ix, group * layer.group_inputs() + i);
            }
          }
        }
      }
    }
  }
  return y;
}

std::vector<Value> windows_of(const Layer& layer, int simd, int groups, const Tensor& x) {
  const WindowGeometry& g = layer.geometry;
  PadParams pad;
  pad.height = x.height;
  pad.width = x.width;
  pad.channels = x.channels;
  pad.simd = simd;
  pad.top = g.top;
  pad.left = g.left;
  pad.bottom = g.bottom;
  pad.right = g.right;
  pad.type = layer.input.type;
  SlidingWindowParams window;
  window.height = pad.padded_height();
  window.width = pad.padded_width();
  window.channels = x.channels;
  window.simd = simd;
  window.kernel_h = g.kernel_h;
  window.kernel_w = g.kernel_w;
  window.stride_h = g.stride_h;
  window.stride_w = g.stride_w;
  window.dilation_h = g.dilation_h;
  window.dilation_w = g.dilation_w;
  window.groups = groups;
  window.type = pad.type;
  return stream_through(std::make_unique<SlidingWindow>(window), 1,
                        stream_through(std::make_unique<Pad>(pad), 1, x.data));
}

template <typename Check>
void for_layers(bool depthwise, Check check) {
  for (int seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    Draw draw(seed);
    const Layer layer = draw_layer(draw, depthwise);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + layer.describe());
    const TensorShape& shape = layer.input;
    check(layer, draw.tensor(shape.height, shape.width, shape.channels, shape.type), draw);
  }
}

Tensor convolve(const Layer& layer, const Tensor& x) {
  return qnnsim::convolve(x, layer.weights, layer.geometry, layer.channels, layer.groups);
}

TEST(Convolution, EqualsItsDefinition) {
  for (bool depthwise : {false, true}) {
    for_layers(depthwise, [](const Layer& layer, const Tensor& x, Draw&) {
      const Tensor expected = convolve_by_definition(layer, x);
      const Tensor y = convolve(layer, x);
      EXPECT_EQ(y.height, expected.height);
      EXPECT_EQ(y.width, expected.width);
      EXPECT_EQ(y.channels, expected.channels);
      EXPECT_EQ(first_difference(y.data, expected.data), "");
    });
  }
}

TEST(Convolution, IsWhatPadSlidingWindowAndMatrixUnitComputeTogether) {
  for_layers(false, [](const Layer& layer, const Tensor& x, Draw& draw) {
    const TensorShape output = layer.geometry.output(layer.input);
    MvuParams p;
    p.rows = layer.channels / layer.groups;
    p.columns = layer.geometry.window() * layer.group_inputs();
    p.pe = draw.divisor(p.rows);
    p.simd = draw.divisor(layer.group_inputs());
    p.groups = layer.groups;
    p.vectors = output.pixels() * layer.groups;
    p.input_type = layer.input.type;
    p.weight_type = DataType::signed_integer(6);
    EXPECT_EQ(first_difference(stream_through(std::make_unique<Mvu>(p, layer.weights), 1,
                                              windows_of(layer, p.simd, layer.groups, x)),
                               convolve(layer, x).data),
              "");
  });
}

TEST(Convolution, IsWhatPadSlidingWindowAndVectorUnitComputeTogetherWhereItIsDepthwise) {
  for_layers(true, [](const Layer& layer, const Tensor& x, Draw& draw) {
    VvuParams p;
    p.channels = layer.channels;
    p.window = layer.geometry.window();
    p.pe = draw.divisor(p.channels);
    p.pixels = layer.geometry.output(layer.input).pixels();
    EXPECT_EQ(first_difference(stream_through(std::make_unique<Vvu>(p, layer.weights), 1,
                                              windows_of(layer, p.pe, p.channels / p.pe, x)),
                               convolve(layer, x).data),
              "");
  });
}

TEST(Convolution, RefusesTheWrongNumberOfWeights) {
  EXPECT_THROW(qnnsim::convolve(Tensor(3, 3, 2), {1, 2, 3}, WindowGeometry(), 2, 1),
               std::invalid_argument);
}

}  // namespace
}  // namespace qnnsim::test
