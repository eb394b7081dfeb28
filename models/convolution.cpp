// SPDX-License-Identifier: Apache-2.0
//
// The operators conv, depthwise_conv and dense.
#include "models/convolution.h"

#include <Eigen/Dense>
#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "models/mvu.h"
#include "models/operator.h"
#include "models/reorder_buffer.h"
#include "models/vvu.h"
#include "models/weight_memory.h"

namespace qnnsim {
namespace {

const std::vector<std::string> kComputeStyles = {"auto", "lut", "dsp"};
const std::vector<std::string> kMemories = {"auto", "lut", "bram", "uram"};
const std::vector<std::string> kWeightSources = {"internal", "stream", "dram"};

/// What a network file says of a layer's weights.
struct Weights {
  DataType type;
  bool narrow = false;  ///< without the least value of `type`

  std::int64_t min() const { return type.min() + (narrow ? 1 : 0); }
  std::int64_t max() const { return type.max(); }
};

/// Type of a sum of `terms` products; padding zeros only bring sums nearer to 0.
DataType sum_type(DataType x, Weights w, std::int64_t terms, AttributeReader& attributes) {
  const auto [low, high] =
      std::minmax({x.min() * w.min(), x.min() * w.max(), x.max() * w.min(), x.max() * w.max()});
  return type_holding(terms * low, terms * high, attributes, "weights");
}

ConstantSpec weight_spec(std::vector<int> shape, const Weights& weights) {
  return {"weights",
          std::move(shape),
          weights.type,
          static_cast<Value>(weights.min()),
          static_cast<Value>(weights.max()),
          /*ascending=*/false,
          weights.narrow};
}

Weights read_weights(AttributeReader& attributes) {
  const DataType type = attributes.type("weights");
  constexpr int kMostBits = 16;
  if (type.bits() > kMostBits) {
    attributes.complain("weights", type.name() + " weights are wider than 16 bits");
  }
  const bool narrow = attributes.boolean("narrow", false);
  if (!narrow || (type.is_signed() && !type.is_bipolar())) return {type, narrow};
  attributes.complain("narrow", "narrow: " + type.name() + " weights have no most negative value",
                      "leave it out");
  return {type};
}

bool padding_fits(AttributeReader& attributes, const WindowGeometry& geometry, DataType type) {
  if (!geometry.pads() || type.holds(0)) return true;
  attributes.complain("padding", type.name() + " has no 0 to pad with",
                      "convolve without padding, or an integer type");
  return false;
}

/// What multiplies in `<layer>.<kind>`.
MacStyle choose_mac(DataflowBuilder& builder, std::string_view kind, MacArray array) {
  const std::string wanted = builder.choice(kind, "compute", kComputeStyles);
  if (wanted == "lut") return MacStyle::kLut;
  array.style = builder.dsp_style();
  const std::string refusal = array.refusal();
  if (!refusal.empty()) {
    if (wanted == "dsp") {
      builder.complain(kind, "compute", "compute: dsp is not possible: " + refusal,
                       "set compute: lut");
    }
    return MacStyle::kLut;
  }
  constexpr int kWorthADsp = 4;
  const bool is_narrow = array.weight.bits() < kWorthADsp || array.activation.bits() < kWorthADsp;
  return wanted == "auto" && is_narrow ? MacStyle::kLut : array.style;
}

/// Adds `<layer>.weights`: `tiles` of `lanes` weights, over and over, from a memory of its own or
/// from DRAM; `beats` tiles a frame, `passes` passes a run.
Stream add_weights(DataflowBuilder& builder, bool from_dram, int lanes, DataType type,
                   std::uint64_t tiles, std::uint64_t beats, std::uint64_t passes,
                   std::vector<Value> values) {
  if (!from_dram) {
    return builder.add("weights",
                       std::make_unique<WeightMemory>(WeightMemoryParams{lanes, tiles, beats, type},
                                                      std::move(values)),
                       {});
  }
  MemoryRead what;
  what.tensor = builder.layer() + ".weights";
  what.type = type;
  what.elements = tiles * lanes;
  what.passes = passes;
  what.values = std::move(values);
  return builder.read_memory(what);
}

/// How many vectors share a pass of the matrix: of a frame, or all of several frames.
int weight_tile(DataflowBuilder& builder, const MvuParams& p) {
  const std::uint64_t all = p.vectors * builder.frames();
  const bool counts = all <= std::uint64_t(std::numeric_limits<int>::max());
  const int tile = builder.divisor("mvu", "weight_tile", static_cast<int>(counts ? all : p.vectors),
                                   "vectors of the run (output pixels x frames, over mmv)", 1);
  if (p.vectors % tile != 0 && tile % p.vectors != 0) {
    builder.complain("mvu", "weight_tile",
                     "weight_tile: " + std::to_string(tile) + " is neither a part of the " +
                         std::to_string(p.vectors) + " vectors of a frame nor whole frames");
    return 1;
  }
  if (tile > 1 && p.groups > 1) {
    builder.complain("mvu", "weight_tile", "weight_tile: needs a layer with a single group");
    return 1;
  }
  return tile;
}

/// Adds `<layer>.mvu` behind `vectors`, and `<layer>.weights` where the folding streams them.
Stream add_mvu(DataflowBuilder& builder, Stream vectors, MvuParams p) {
  p.memory = builder.choice("mvu", "memory", kMemories);
  p.mac = choose_mac(builder, "mvu", p.mac_array());
  const std::string source = builder.choice("mvu", "weight_source", kWeightSources);
  p.weight_stream = source != "internal";
  std::vector<Value> weights;
  if (const Constants* constants = builder.constants()) weights = constants->at("weights").data;
  if (!p.weight_stream) {
    return builder.add("mvu", std::make_unique<Mvu>(p, std::move(weights)), {vectors});
  }
  std::vector<Value> tiles;
  if (!weights.empty()) tiles = weight_tiles(p, weights);
  if (source == "dram") p.tile = weight_tile(builder, p);
  const std::uint64_t passes = p.vectors * builder.frames() / p.groups / p.tile;
  Stream weights_in =
      add_weights(builder, source == "dram", p.pe * p.simd, p.weight_type, p.tiles(),
                  p.vectors * p.folds_in() * p.folds_out(), passes, std::move(tiles));
  if (p.tile == 1) return builder.add("mvu", std::make_unique<Mvu>(p), {vectors, weights_in});
  auto repeat = ReorderBufferParams::repetition(p.folds_in(), p.tile);
  repeat.lanes = p.pe * p.simd;
  repeat.type = p.weight_type;
  repeat.beats = p.tiles() * std::max<std::uint64_t>(passes / builder.frames(), 1);
  weights_in =
      builder.add_across_frames("repeat", std::make_unique<ReorderBuffer>(repeat), {weights_in});
  const Stream results =
      builder.add_across_frames("mvu", std::make_unique<Mvu>(p), {vectors, weights_in});
  if (p.folds_out() == 1) return results;
  auto reorder = ReorderBufferParams::transposition(p.folds_out(), p.tile);
  reorder.lanes = p.pe * p.mmv;
  reorder.type = p.output_type;
  reorder.beats = p.vectors * p.folds_out();
  return builder.add("reorder", std::make_unique<ReorderBuffer>(reorder), {results});
}

class Conv final : public Operator {
 public:
  Conv(TensorShape input, WindowGeometry geometry, int channels, int groups, Weights weights,
       DataType type)
      : input_(input),
        geometry_(geometry),
        groups_(groups),
        weights_(weights),
        output_(geometry.output(input)) {
    output_.channels = channels;
    output_.type = type;
  }

  TensorShape output() const override { return output_; }
  std::uint64_t macs() const override {
    return std::uint64_t(output_.elements()) * std::uint64_t(columns());
  }

  std::optional<ConvolutionShape> convolution() const override {
    return ConvolutionShape{input_, geometry_, output_.channels, groups_, weights_.type};
  }

  std::vector<ConstantSpec> constants() const override {
    return {weight_spec(
        {output_.channels, geometry_.kernel_h, geometry_.kernel_w, group_channels()}, weights_)};
  }

  Stream lower(DataflowBuilder& builder) const override {
    MvuParams p;
    p.rows = output_.channels / groups_;
    p.columns = columns();
    p.groups = groups_;
    p.input_type = input_.type;
    p.weight_type = weights_.type;
    p.narrow_weights = weights_.narrow;
    p.output_type = output_.type;
    p.pe = builder.divisor("mvu", "pe", p.rows,
                           groups_ > 1 ? "output channels per group" : "output channels", 1);
    p.simd = builder.divisor("mvu", "simd", p.columns,
                             "inputs of the dot product (kernel x input channels)", 1);
    p.mmv = builder.divisor("mvu", "mmv", output_.width, "output columns", 1);
    if (p.mmv > 1 && (p.pe != p.rows || groups_ > 1)) {
      builder.complain("mvu", "mmv",
                       "mmv " + std::to_string(p.mmv) + " needs all " + std::to_string(p.rows) +
                           " output channels in parallel and a single group",
                       "set pe: " + std::to_string(p.rows) + ", or mmv: 1");
      p.mmv = 1;
    }
    p.vectors = std::uint64_t(output_.pixels()) / p.mmv * groups_;
    const Stream windows =
        lower_windows(builder, builder.input(0), input_, geometry_, window_folding(builder, p));
    return add_mvu(builder, windows, p);
  }

  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override {
    return convolve(*inputs[0], constants.at("weights").data, geometry_, output_.channels, groups_);
  }

 private:
  int group_channels() const { return input_.channels / groups_; }
  int columns() const { return geometry_.window() * group_channels(); }

  WindowFolding window_folding(DataflowBuilder& builder, const MvuParams& mvu) const {
    WindowFolding folding;
    folding.groups = groups_;
    folding.mmv = mvu.mmv;
    folding.parallel = builder.flag("swg", "parallel_window") && !geometry_.is_identity();
    const int all = group_channels();
    const std::string what = groups_ > 1 ? "input channels per group" : "input channels";
    folding.simd = builder.own_divisor("swg", "simd", all, what,
                                       folding.parallel ? all : std::gcd(all, mvu.simd));
    if (folding.parallel && folding.simd != all) {
      builder.complain("swg", "simd",
                       "a parallel window needs all " + std::to_string(all) + " " + what +
                           " in one beat, not " + std::to_string(folding.simd),
                       "set simd: " + std::to_string(all) + ", or parallel_window: false");
      folding.simd = all;
    }
    const int lanes = folding.simd * (folding.parallel ? geometry_.window() : 1);
    if (folding.mmv > 1 && lanes != mvu.simd) {
      builder.complain("mvu", "mmv",
                       "mmv " + std::to_string(folding.mmv) + " needs windows as wide as simd " +
                           std::to_string(mvu.simd) + ", but the sliding window has " +
                           std::to_string(lanes) + " elements a window",
                       "with mmv, simd divides the input channels and swg.simd equals it");
      folding.mmv = 1;
    }
    return folding;
  }

  const TensorShape input_;
  const WindowGeometry geometry_;
  const int groups_;
  const Weights weights_;
  TensorShape output_;
};

class DepthwiseConv final : public Operator {
 public:
  DepthwiseConv(TensorShape input, WindowGeometry geometry, Weights weights, DataType type)
      : input_(input), geometry_(geometry), weights_(weights), output_(geometry.output(input)) {
    output_.type = type;
  }

  TensorShape output() const override { return output_; }
  std::uint64_t macs() const override {
    return std::uint64_t(output_.elements()) * std::uint64_t(geometry_.window());
  }

  std::optional<ConvolutionShape> convolution() const override {
    return ConvolutionShape{input_, geometry_, output_.channels, output_.channels, weights_.type};
  }

  std::vector<ConstantSpec> constants() const override {
    return {weight_spec({output_.channels, geometry_.kernel_h, geometry_.kernel_w}, weights_)};
  }

  Stream lower(DataflowBuilder& builder) const override {
    VvuParams p;
    p.channels = input_.channels;
    p.window = geometry_.window();
    p.pe = builder.divisor("vvu", "pe", p.channels, "channels", 1);
    p.simd = builder.divisor("vvu", "simd", p.window, "kernel positions", 1);
    p.pixels = output_.pixels();
    p.input_type = input_.type;
    p.weight_type = weights_.type;
    p.narrow_weights = weights_.narrow;
    p.output_type = output_.type;
    p.memory = builder.choice("vvu", "memory", kMemories);
    p.mac = choose_mac(builder, "vvu", p.mac_array());
    const std::string source = builder.choice("vvu", "weight_source", kWeightSources);
    p.weight_stream = source != "internal";
    const Stream windows = lower_windows(builder, builder.input(0), input_, geometry_,
                                         depthwise_folding(builder, geometry_, p.channels, p.pe));
    std::vector<Value> weights;
    if (const Constants* constants = builder.constants()) weights = constants->at("weights").data;
    if (!p.weight_stream) {
      return builder.add("vvu", std::make_unique<Vvu>(p, std::move(weights)), {windows});
    }
    std::vector<Value> tiles;
    if (!weights.empty()) tiles = weight_tiles(p, weights);
    const Stream memory =
        add_weights(builder, source == "dram", p.pe * p.simd, p.weight_type, p.tiles(),
                    p.pixels * p.tiles(), p.pixels * builder.frames(), std::move(tiles));
    return builder.add("vvu", std::make_unique<Vvu>(p), {windows, memory});
  }

  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override {
    return convolve(*inputs[0], constants.at("weights").data, geometry_, output_.channels,
                    output_.channels);
  }

 private:
  const TensorShape input_;
  const WindowGeometry geometry_;
  const Weights weights_;
  TensorShape output_;
};

class Dense final : public Operator {
 public:
  Dense(TensorShape input, int units, Weights weights, DataType type)
      : input_(input), units_(units), weights_(weights), type_(type) {}

  TensorShape output() const override { return {1, 1, units_, type_}; }
  std::uint64_t macs() const override { return std::uint64_t(input_.elements()) * units_; }

  std::optional<ConvolutionShape> convolution() const override {
    return ConvolutionShape{{1, 1, columns(), input_.type}, {}, units_, 1, weights_.type, true};
  }

  std::vector<ConstantSpec> constants() const override {
    return {weight_spec({units_, columns()}, weights_)};
  }

  Stream lower(DataflowBuilder& builder) const override {
    MvuParams p;
    p.rows = units_;
    p.columns = columns();
    p.input_type = input_.type;
    p.weight_type = weights_.type;
    p.narrow_weights = weights_.narrow;
    p.output_type = type_;
    p.pe = builder.divisor("mvu", "pe", p.rows, "units", 1);
    p.simd = builder.divisor("mvu", "simd", p.columns, "inputs", 1);
    return add_mvu(builder, builder.input(0), p);
  }

  Tensor reference(const std::vector<const Tensor*>& inputs,
                   const Constants& constants) const override {
    Tensor flat(1, 1, columns());
    flat.data = inputs[0]->data;
    return convolve(flat, constants.at("weights").data, WindowGeometry{}, units_, 1);
  }

 private:
  int columns() const { return static_cast<int>(input_.elements()); }

  const TensorShape input_;
  const int units_;
  const Weights weights_;
  const DataType type_;
};

constexpr std::int64_t kMostChannels = 1 << 20;

std::unique_ptr<Operator> create_conv(AttributeReader& attributes,
                                      const std::vector<TensorShape>& inputs) {
  const TensorShape& input = inputs[0];
  const auto channels =
      static_cast<int>(attributes.integer("channels", std::nullopt, 1, kMostChannels));
  const auto groups = static_cast<int>(attributes.integer("groups", 1, 1, kMostChannels));
  const Weights weights = read_weights(attributes);
  const auto geometry = WindowGeometry::read(attributes, input, /*pooling=*/false);
  if (!geometry || !padding_fits(attributes, *geometry, input.type)) return nullptr;
  if (input.channels % groups != 0 || channels % groups != 0) {
    attributes.complain("groups", "groups: " + std::to_string(groups) +
                                      " does not divide both the " +
                                      std::to_string(input.channels) + " input and the " +
                                      std::to_string(channels) + " output channels");
    return nullptr;
  }
  const std::int64_t terms = std::int64_t{geometry->window()} * (input.channels / groups);
  return std::make_unique<Conv>(input, *geometry, channels, groups, weights,
                                sum_type(input.type, weights, terms, attributes));
}

std::unique_ptr<Operator> create_depthwise(AttributeReader& attributes,
                                           const std::vector<TensorShape>& inputs) {
  const TensorShape& input = inputs[0];
  const Weights weights = read_weights(attributes);
  const auto geometry = WindowGeometry::read(attributes, input, /*pooling=*/false);
  if (!geometry || !padding_fits(attributes, *geometry, input.type)) return nullptr;
  return std::make_unique<DepthwiseConv>(
      input, *geometry, weights, sum_type(input.type, weights, geometry->window(), attributes));
}

std::unique_ptr<Operator> create_dense(AttributeReader& attributes,
                                       const std::vector<TensorShape>& inputs) {
  const TensorShape& input = inputs[0];
  const auto units = static_cast<int>(attributes.integer("units", std::nullopt, 1, kMostChannels));
  const Weights weights = read_weights(attributes);
  constexpr std::int64_t kMostInputs = 1 << 26;
  if (input.elements() > kMostInputs) {
    attributes.complain("op", "a dense layer on " + input.to_string() + " has too many inputs",
                        "pool before it");
    return nullptr;
  }
  return std::make_unique<Dense>(input, units, weights,
                                 sum_type(input.type, weights, input.elements(), attributes));
}

const OperatorRegistration kConv("conv", {1, 1, create_conv});
const OperatorRegistration kDepthwiseConv("depthwise_conv", {1, 1, create_depthwise});
const OperatorRegistration kDense("dense", {1, 1, create_dense});

/// Windows of channel group `group` as rows: [output pixels][kernel_h * kernel_w * group channels].
template <typename Matrix>
Matrix im2col(const Tensor& x, const WindowGeometry& g, int height, int width, int group,
              int group_channels) {
  Matrix windows = Matrix::Zero(Eigen::Index{height} * width, g.window() * group_channels);
  for (int oy = 0; oy < height; ++oy) {
    for (int ox = 0; ox < width; ++ox) {
      for (int ky = 0; ky < g.kernel_h; ++ky) {
        for (int kx = 0; kx < g.kernel_w; ++kx) {
          const int iy = oy * g.stride_h + ky * g.dilation_h - g.top;
          const int ix = ox * g.stride_w + kx * g.dilation_w - g.left;
          if (iy < 0 || iy >= x.height || ix < 0 || ix >= x.width) continue;
          for (int c = 0; c < group_channels; ++c) {
            windows(Eigen::Index{oy} * width + ox, (ky * g.kernel_w + kx) * group_channels + c) =
                static_cast<typename Matrix::Scalar>(x.at(iy, ix, group * group_channels + c));
          }
        }
      }
    }
  }
  return windows;
}

template <typename Scalar>
Tensor convolve_in(const Tensor& x, const std::vector<Value>& weights,
                   const WindowGeometry& geometry, int channels, int groups) {
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using IntegerMatrix = Eigen::Matrix<Value, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const TensorShape shape =
      geometry.output({x.height, x.width, x.channels, DataType::signed_integer(32)});
  const int group_channels = x.channels / groups;
  const int rows = channels / groups;
  const Eigen::Index columns = Eigen::Index{geometry.window()} * group_channels;
  Tensor y(shape.height, shape.width, channels);
  Eigen::Map<IntegerMatrix> result(y.data.data(), shape.pixels(), channels);
  for (int group = 0; group < groups; ++group) {
    const Eigen::Map<const IntegerMatrix> w(weights.data() + group * rows * columns, rows, columns);
    const Matrix windows =
        im2col<Matrix>(x, geometry, shape.height, shape.width, group, group_channels);
    const Matrix product = windows * w.template cast<Scalar>().transpose();
    result.middleCols(Eigen::Index{group} * rows, rows) = product.template cast<Value>();
  }
  return y;
}

std::int64_t largest_magnitude(const std::vector<Value>& values) {
  std::int64_t largest = 0;
  for (Value value : values) largest = std::max(largest, std::abs(std::int64_t{value}));
  return largest;
}

}  // namespace

Tensor convolve(const Tensor& x, const std::vector<Value>& weights, const WindowGeometry& geometry,
                int channels, int groups) {
  if (groups < 1 || x.channels % groups != 0 || channels % groups != 0) {
    throw std::invalid_argument("convolve: groups do not divide the channels");
  }
  const std::int64_t terms = std::int64_t{geometry.window()} * (x.channels / groups);
  if (static_cast<std::int64_t>(weights.size()) != terms * channels) {
    throw std::invalid_argument("convolve: wrong number of weights");
  }
  // Floating-point sums of integers are exact while no partial sum outgrows the mantissa.
  const double bound = static_cast<double>(terms) * static_cast<double>(largest_magnitude(x.data)) *
                       static_cast<double>(largest_magnitude(weights));
  return bound < (1 << 24) ? convolve_in<float>(x, weights, geometry, channels, groups)
                           : convolve_in<double>(x, weights, geometry, channels, groups);
}

}  // namespace qnnsim
