// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/matmul.h"
#include "models/pipeline.h"

namespace qnnsim {
namespace {

int make_odd(int size) { return size + (size % 2 == 0 ? 1 : 0); }

/// Sum over the `outputs` windows of a line of how many of their `kernel` taps lie on the
/// `inputs` elements of it.
std::uint64_t taps(int inputs, int outputs, int kernel, int stride, int dilation, int before) {
  std::uint64_t sum = 0;
  for (int o = 0; o < outputs; ++o) {
    for (int k = 0; k < kernel; ++k) {
      const int i = o * stride + k * dilation - before;
      sum += i >= 0 && i < inputs ? 1 : 0;
    }
  }
  return sum;
}

/// One extent of a map: how the engine sees it.
struct Extent {
  int size = 1;   ///< that the engine computes
  int front = 0;  ///< of these zeros before the map
};

/// The engine gives a result for every element; those that the network wants must be among them.
Extent extent(int inputs, int outputs, int kernel, int stride, int before) {
  Extent result;
  const int half = kernel / 2;
  result.front = std::max(0, before - half);
  const int last = (outputs - 1) * stride - before + half + result.front;
  // The engine needs more columns than half a kernel.
  result.size = std::max({inputs + result.front, last + 1, half + 1});
  return result;
}

/// Makes the plan, layer by layer.
class Planner {
 public:
  Planner(const Network& network, const KrakenSettings& settings, Findings& findings)
      : network_(network), p_(settings.params), findings_(findings) {
    plan_.settings = settings;
  }

  KrakenPlan run() {
    plan_.cycles_a_sum = cost(ProcessorWork::kSum, 1);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      if (const auto shape = layer.meaning->convolution()) {
        add_convolution(i, *shape);
      } else if (const auto* product = dynamic_cast<const MatMul*>(layer.meaning.get())) {
        add_product(i, *product);
      } else {
        add_work(layer);
      }
    }
    if (plan_.layers.empty()) {
      findings_.add(plan_.settings.place, "the network has nothing that the engine multiplies");
    }
    // Every map is written as the layer behind it reads it.
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
      const double words = double(pixel_words(plan_.layers[i]));
      (i == 0 ? plan_.before : plan_.behind[i - 1]) += cost(ProcessorWork::kTile, words);
    }
    return std::move(plan_);
  }

 private:
  double cost(ProcessorWork work, double words) const {
    return plan_.settings.processor.engine_cycles(work, words, plan_.settings.frequency_mhz);
  }

  void add_work(const Layer& layer) {
    const ProcessorWork work = processor_work(layer.op);
    const TensorShape& shape = work == ProcessorWork::kPool || work == ProcessorWork::kAdd
                                   ? network_.input_shape(layer, 0)
                                   : layer.meaning->output();
    double& place = plan_.behind.empty() ? plan_.before : plan_.behind.back();
    place += cost(work, double(shape.elements()) * plan_.settings.batch);
  }

  /// [words] of a layer's map as it lies in memory, once.
  std::uint64_t pixel_words(const KrakenLayer& layer) const {
    std::uint64_t words = 0;
    for (int channels : layer.pass_channels) {
      words += layer.columns() * channels * p_.vector_rows(layer.kernel_h) * layer.groups;
    }
    return words;
  }

  void add_convolution(std::size_t index, const ConvolutionShape& shape) {
    KrakenLayer layer = named(index);
    const TensorShape output = network_.layers[index].meaning->output();
    const WindowGeometry& g = shape.geometry;
    layer.geometry = g;
    layer.groups = shape.groups;
    layer.channels_in = shape.input.channels / shape.groups;
    layer.channels_out = shape.channels / shape.groups;
    if (shape.is_dense) {
      layer.kind = KrakenLayer::Kind::kDense;
      layer.height = layer.output_height = plan_.settings.batch;
      set_macs(layer, std::uint64_t(plan_.settings.batch), std::uint64_t(plan_.settings.batch));
    } else {
      layer.images = plan_.settings.batch;
      layer.output_height = output.height;
      layer.output_width = output.width;
      set_macs(
          layer, std::uint64_t(g.window()) * output.pixels() * layer.images,
          taps(shape.input.height, output.height, g.kernel_h, g.stride_h, g.dilation_h, g.top) *
              taps(shape.input.width, output.width, g.kernel_w, g.stride_w, g.dilation_w, g.left) *
              layer.images);
      set_geometry(layer, shape.input);
    }
    finish(std::move(layer), shape.input.type, shape.weights, g.window());
  }

  void add_product(std::size_t index, const MatMul& product) {
    KrakenLayer layer = named(index);
    layer.kind = KrakenLayer::Kind::kMatrixProduct;
    layer.transposed = product.transposed();
    layer.groups = plan_.settings.batch;
    layer.height = layer.output_height = static_cast<int>(product.rows());
    layer.channels_in = product.inner();
    layer.channels_out = product.columns();
    set_macs(layer, std::uint64_t(layer.height), std::uint64_t(layer.height));
    finish(std::move(layer), product.a().type, product.b().type, 1);
  }

  KrakenLayer named(std::size_t index) const {
    KrakenLayer layer;
    layer.name = network_.layers[index].name;
    layer.index = index;
    return layer;
  }

  static void set_macs(KrakenLayer& layer, std::uint64_t all, std::uint64_t valid) {
    const std::uint64_t channels =
        std::uint64_t(layer.channels_in) * layer.channels_out * layer.groups;
    layer.macs = all * channels;
    layer.macs_valid = valid * channels;
  }

  void set_geometry(KrakenLayer& layer, const TensorShape& input) const {
    const WindowGeometry& g = layer.geometry;
    layer.kernel_h = (g.kernel_h - 1) * g.dilation_h + 1;
    layer.kernel_w = (g.kernel_w - 1) * g.dilation_w + 1;
    layer.height = input.height;
    layer.width = input.width;
    if (plan_.is_ideal()) {
      if (g.window() == 1) {  // only the pixels that are kept are streamed
        layer.height = layer.output_height;
        layer.width = layer.output_width;
      } else {
        layer.stride_h = g.stride_h;
        layer.stride_w = g.stride_w;
      }
      return;
    }
    layer.kernel_h = make_odd(layer.kernel_h);
    layer.kernel_w = make_odd(layer.kernel_w);
    const Extent rows =
        extent(input.height, layer.output_height, layer.kernel_h, g.stride_h, g.top);
    const Extent columns =
        extent(input.width, layer.output_width, layer.kernel_w, g.stride_w, g.left);
    layer.height = rows.size;
    layer.front_rows = rows.front;
    layer.width = columns.size;
    layer.front_columns = columns.front;
  }

  void finish(KrakenLayer layer, DataType pixels, DataType weights, int window) {
    const std::string who = fmt::format("layer '{}': ", layer.name);
    const Place& place = network_.layers[layer.index].place;
    const auto complain = [&](const std::string& message, const std::string& hint = {}) {
      findings_.add(place, who + message, hint);
      ok_ = false;
    };
    ok_ = true;
    layer.group_columns = layer.kernel_w + layer.stride_w - 1;
    const int largest = std::max(layer.kernel_h, layer.kernel_w);
    if (layer.group_columns > p_.columns || (!plan_.is_ideal() && largest > p_.max_kernel_size)) {
      complain(fmt::format("the engine has no kernels of {} x {} (of {} x {} after dilation and "
                           "made odd)",
                           layer.geometry.kernel_h, layer.geometry.kernel_w, layer.kernel_h,
                           layer.kernel_w),
               fmt::format("set max_kernel_size: {} or more", make_odd(largest)));
    }
    layer.column_groups = std::max(1, p_.columns / layer.group_columns);
    layer.iterations = divide_up(layer.channels_out, layer.column_groups * layer.stride_w);
    layer.blocks = divide_up(layer.height, p_.rows * layer.stride_h);
    layer.shared_rows = divide_up(layer.kernel_h, layer.stride_h) - 1;
    layer.pass_channels = {layer.channels_in};
    if (!p_.pixel_type().holds(pixels.min()) || !p_.pixel_type().holds(pixels.max())) {
      complain(fmt::format("reads {}, but a pixel of the engine is {}", pixels.name(),
                           p_.pixel_type().name()),
               "set bits_input, or quantise the layer before it");
    }
    if (!p_.weight_type().holds(weights.min()) || !p_.weight_type().holds(weights.max())) {
      complain(fmt::format("has {} weights, but those of the engine are {}", weights.name(),
                           p_.weight_type().name()),
               "set bits_weights");
    }
    if (!plan_.is_ideal()) split(layer, complain);
    check_sums(layer, pixels, weights, window, complain);
    if (!ok_) layer.pass_channels = {1};
    plan_.layers.push_back(std::move(layer));
    plan_.behind.push_back(0);
  }

  /// Cuts the input channels into passes that the weight RAM holds; the first has what is left.
  template <typename Complain>
  void split(KrakenLayer& layer, const Complain& complain) const {
    const int most = std::min(p_.ram_weights_depth / layer.kernel_h, p_.max_channels_in);
    if (most < 1) {
      complain(fmt::format("a kernel of height {} needs {} words of the weight RAM, which has {}",
                           layer.kernel_h, layer.kernel_h, p_.ram_weights_depth),
               fmt::format("set ram_weights_depth: {}, or {} to compute it in one pass",
                           layer.kernel_h, layer.kernel_h * layer.channels_in));
      return;
    }
    const int passes = divide_up(layer.channels_in, most);
    layer.pass_channels.assign(passes, most);
    layer.pass_channels[0] = layer.channels_in - (passes - 1) * most;
    const std::uint64_t edges = layer.ram_edges_depth();
    if (edges > std::uint64_t(p_.ram_edges_depth)) {
      const int fitting = p_.ram_edges_depth / layer.width;
      complain(fmt::format("its {} columns of {} channels need {} words of the edge RAM, which has "
                           "{}",
                           layer.width, edges / layer.width, edges, p_.ram_edges_depth),
               fitting < 1 ? fmt::format("set ram_edges_depth: {}", edges)
                           : fmt::format("set ram_edges_depth: {}, or ram_weights_depth: {} for "
                                         "passes of {} channels",
                                         edges, fitting * layer.kernel_h, fitting));
    }
    const auto within = [&](int value, int most_of, const char* what, const char* key) {
      if (value <= most_of) return;
      complain(fmt::format("has {} {}, the engine at most {}", value, what, most_of),
               fmt::format("set {}: {}", key, value));
    };
    within(layer.width, p_.max_image_size, "columns", "max_image_size");
    within(layer.height, p_.max_image_size, "rows", "max_image_size");
    within(layer.images, p_.max_batch_size, "images", "max_batch_size");
  }

  template <typename Complain>
  void check_sums(KrakenLayer& layer, DataType x, DataType w, int window,
                  const Complain& complain) {
    const int channels = *std::max_element(layer.pass_channels.begin(), layer.pass_channels.end());
    const std::int64_t terms = std::int64_t{channels} * window;
    const auto [low, high] =
        std::minmax({x.min() * w.min(), x.min() * w.max(), x.max() * w.min(), x.max() * w.max()});
    const std::int64_t least = std::min<std::int64_t>(0, terms * low);
    const std::int64_t greatest = std::max<std::int64_t>(0, terms * high);
    layer.sum_bits = 1;
    while (greatest > (std::int64_t{1} << (layer.sum_bits - 1)) - 1 ||
           least < -(std::int64_t{1} << (layer.sum_bits - 1))) {
      ++layer.sum_bits;
    }
    if (layer.sum_bits <= p_.bits_sum) return;
    const std::string message = fmt::format(
        "{} products of {} and {} can sum up to {}, which takes {} bits; bits_sum is "
        "{}",
        terms, x.name(), w.name(), std::max(greatest, -least), layer.sum_bits, p_.bits_sum);
    // The ideal engine carries no values; its result says so.
    if (!plan_.is_ideal()) complain(message, fmt::format("set bits_sum: {}", layer.sum_bits));
  }

  const Network& network_;
  const KrakenParams& p_;
  Findings& findings_;
  KrakenPlan plan_;
  bool ok_ = true;  ///< the present layer
};

}  // namespace

KrakenPacket KrakenLayer::packet(int pass) const {
  KrakenPacket packet;
  packet.kernel_h = kernel_h;
  packet.kernel_w = kernel_w;
  packet.channels = pass_channels[pass];
  packet.width = width;
  packet.blocks = blocks;
  packet.images = images;
  return packet;
}

std::uint64_t KrakenLayer::ideal_clocks() const {
  const std::uint64_t shift = kernel_w > 1 ? 1 : 0;
  const std::uint64_t column = shift + std::uint64_t(channels_in) * kernel_h;
  return std::uint64_t(groups) * iterations * (1 + columns() * column);
}

std::uint64_t KrakenLayer::ideal_pixel_words(const KrakenParams& params) const {
  return std::uint64_t(groups) * iterations * columns() * channels_in * stride_h *
         (params.rows + shared_rows);
}

std::uint64_t KrakenLayer::ideal_weight_words(const KrakenParams& params) const {
  return std::uint64_t(groups) * iterations * channels_in * kernel_h * stride_w * params.columns;
}

std::uint64_t KrakenLayer::ideal_sum_words(const KrakenParams& params) const {
  return std::uint64_t(groups) * iterations * images * blocks * output_width * column_groups *
         stride_w * params.rows;
}

std::uint64_t KrakenLayer::ram_weights_depth() const {
  return std::uint64_t(*std::max_element(pass_channels.begin(), pass_channels.end())) * kernel_h;
}

std::uint64_t KrakenLayer::ram_edges_depth() const {
  if (kernel_h == 1) return 0;
  return std::uint64_t(*std::max_element(pass_channels.begin(), pass_channels.end())) * width;
}

std::string KrakenPlan::overflow_warning() const {
  const KrakenLayer* worst = nullptr;
  int count = 0;
  for (const KrakenLayer& layer : layers) {
    if (layer.sum_bits <= settings.params.bits_sum) continue;
    ++count;
    if (worst == nullptr || layer.sum_bits > worst->sum_bits) worst = &layer;
  }
  if (worst == nullptr) return {};
  return fmt::format(
      "the sums of {} layers could overflow {} bits, most of all those of '{}'; bits_sum: {} holds "
      "them all",
      count, settings.params.bits_sum, worst->name, worst->sum_bits);
}

std::vector<KrakenPacket> KrakenPlan::program() const {
  std::vector<KrakenPacket> packets;
  for (const KrakenLayer& layer : layers) {
    for (int group = 0; group < layer.groups; ++group) {
      for (int pass = 0; pass < layer.passes(); ++pass) {
        packets.insert(packets.end(), layer.iterations, layer.packet(pass));
      }
    }
  }
  return packets;
}

KrakenPlan plan_kraken(const Network& network, const KrakenSettings& settings, Findings& findings) {
  return Planner(network, settings, findings).run();
}

}  // namespace qnnsim
