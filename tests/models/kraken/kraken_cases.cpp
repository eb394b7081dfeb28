// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kraken/kraken_cases.h"

#include <algorithm>

#include "tests/models/kraken/engine_model.h"

namespace qnnsim::test {
namespace {

constexpr int kMostKernel = 11;

int odd_up_to(Draw& draw, int most) { return 2 * draw.between(0, most / 2) + 1; }

KrakenPacket draw_packet(const KrakenParams& p, const KrakenWish& wish, Draw& draw) {
  const int most = p.max_kernel_size;
  KrakenPacket packet;
  packet.kernel_h = draw.one_in(3) ? most : odd_up_to(draw, most);
  packet.kernel_w = draw.one_in(3) ? most : odd_up_to(draw, most);
  if (draw.one_in(4)) (draw.one_in(2) ? packet.kernel_h : packet.kernel_w) = 1;
  packet.channels = draw.between(1, 4);
  packet.width = packet.kernel_w / 2 + 1 + (draw.one_in(3) ? 0 : draw.between(1, 5));
  packet.blocks = draw.between(1, 3);
  packet.images = draw.between(1, 3);
  int least_width = packet.kernel_w / 2 + 1;
  if (wish.unbound) {
    // A vector comes in less time than it stays, sums leave in less than the next ones take, and
    // the next packet's weights come in less than this one's columns take.
    least_width += 2;
    packet.width = std::max(packet.width, least_width);
    const int sums = p.columns + p.rows * p.groups(1) / p.sums_a_beat() + p.columns;
    packet.kernel_h = most;
    packet.channels = sums / packet.kernel_h + 3;
    packet.images = packet.blocks = 1 + draw.between(0, 1);
  }
  while (packet.columns() * packet.words() > wish.most_beats) {
    if (packet.images > 1) {
      --packet.images;
    } else if (packet.blocks > 1) {
      --packet.blocks;
    } else if (!wish.unbound && packet.channels > 1) {
      --packet.channels;
    } else if (packet.width > least_width) {
      --packet.width;
    } else {
      break;
    }
  }
  return packet;
}

/// The least limits that hold the program, often some more.
void set_limits(KrakenParams& p, const std::vector<KrakenPacket>& program, Draw& draw) {
  p.max_batch_size = p.max_channels_in = p.max_image_size = 1;
  p.ram_weights_depth = p.ram_edges_depth = 1;
  for (const KrakenPacket& packet : program) {
    p.max_batch_size = std::max(p.max_batch_size, packet.images);
    p.max_channels_in = std::max(p.max_channels_in, packet.channels);
    p.max_image_size = std::max({p.max_image_size, packet.width, (packet.blocks - 1) * p.rows + 1});
    p.ram_weights_depth = std::max(p.ram_weights_depth, packet.words());
    if (packet.kernel_h > 1) {
      p.ram_edges_depth = std::max(p.ram_edges_depth, packet.width * packet.channels);
    }
  }
  for (int* limit : {&p.max_batch_size, &p.max_channels_in, &p.max_image_size, &p.ram_weights_depth,
                     &p.ram_edges_depth}) {
    if (!draw.one_in(2)) *limit += draw.between(1, 300);
  }
}

KrakenLayer draw_layer(const KrakenParams& p, const KrakenPacket& packet, int height, Draw& draw) {
  KrakenLayer layer;
  layer.packet = packet;
  layer.height = height;
  layer.bits_sum = p.bits_sum;
  for (int image = 0; image < packet.images; ++image) {
    layer.maps.push_back(draw.tensor(height, packet.width, packet.channels, p.pixel_type()));
  }
  for (int group = 0; group < p.groups(packet.kernel_w); ++group) {
    layer.kernels.push_back(
        draw.tensor(packet.kernel_h, packet.kernel_w, packet.channels, p.weight_type()));
  }
  layer.idle = draw.values(std::size_t(packet.words()) * p.columns, p.weight_type());
  return layer;
}

/// Adds values until the beat is full.
void fill_beat(std::vector<Value>& stream, std::size_t lanes, DataType type, Draw& draw) {
  append(stream, draw.values((lanes - stream.size() % lanes) % lanes, type));
}

template <typename Visit>
void for_every_column(const KrakenPacket& packet, Visit visit) {
  for (int image = 0; image < packet.images; ++image) {
    for (int block = 0; block < packet.blocks; ++block) {
      for (int x = 0; x < packet.width; ++x) visit(image, block, x);
    }
  }
}

void add_pixel_stream(KrakenRun& run, const KrakenLayer& layer, Draw& draw) {
  const KrakenParams& p = run.params;
  append(run.pixel_stream, kraken_header_values(p, layer.packet, p.pixel_type()));
  const int rows = p.rows + (layer.packet.kernel_h > 1 ? p.max_kernel_size / 2 : 0);
  for_every_column(layer.packet, [&](int image, int block, int x) {
    for (int channel = 0; channel < layer.packet.channels; ++channel) {
      for (int row = 0; row < rows; ++row) {
        run.pixel_stream.push_back(layer.pixel(image, block * p.rows + row, x, channel));
      }
    }
  });
  fill_beat(run.pixel_stream, p.axi_width / p.bits_input, p.pixel_type(), draw);
}

void add_weight_stream(KrakenRun& run, const KrakenLayer& layer, Draw& draw) {
  const KrakenParams& p = run.params;
  append(run.weight_stream, kraken_header_values(p, layer.packet, p.weight_type()));
  for (int word = 0; word < layer.packet.words(); ++word) {
    for (int c = 0; c < p.columns; ++c) run.weight_stream.push_back(layer.weight(word, c));
  }
  fill_beat(run.weight_stream, p.axi_width / p.bits_weights, p.weight_type(), draw);
}

void add_array_beats(KrakenRun& run, const KrakenLayer& layer) {
  const KrakenParams& p = run.params;
  const KrakenPacket& packet = layer.packet;
  for_every_column(packet, [&](int image, int block, int x) {
    for (int word = 0; word < packet.words(); ++word) {
      const int channel = word / packet.kernel_h;
      const int ky = word % packet.kernel_h;
      for (int row = 0; row < p.rows; ++row) {
        const int y = block * p.rows + row + ky - packet.kernel_h / 2;
        run.pixels.push_back(layer.pixel(image, y, x, channel));
      }
      for (int c = 0; c < p.columns; ++c) run.weights.push_back(layer.weight(word, c));
      const bool anew = word == 0 && (x == 0 || packet.kernel_w == 1);
      const bool last = word == packet.words() - 1;
      run.controls.push_back((anew ? 1 : 0) + (last ? 2 : 0) + (x < packet.kernel_w / 2 ? 4 : 0) +
                             (x == packet.width - 1 ? 8 : 0) + 16 * (packet.kernel_w / 2));
    }
  });
}

/// A packet for every column of pixels from kernel_w / 2 on: the sums of the pixel that many
/// columns to the left; for the last one those of all that are left too, from the right.
void add_sums(KrakenRun& run, const KrakenLayer& layer) {
  const KrakenParams& p = run.params;
  const int half = layer.packet.kernel_w / 2;
  const std::size_t lanes = p.sums_a_beat();
  for_every_column(layer.packet, [&](int image, int block, int x) {
    if (x < half) return;
    const int from = x == layer.packet.width - 1 ? x : x - half;
    for (std::size_t group = 0; group < layer.kernels.size(); ++group) {
      for (int column = from; column >= x - half; --column) {
        for (int row = 0; row < p.rows; ++row) {
          run.sums.push_back(
              layer.sum(static_cast<int>(group), image, block * p.rows + row, column));
        }
      }
    }
    run.sums.resize((run.sums.size() + lanes - 1) / lanes * lanes);
  });
}

std::string text_of(const KrakenRun& run) {
  const KrakenParams& p = run.params;
  std::string text = describe({{"rows", p.rows},
                               {"columns", p.columns},
                               {"pixel bits", p.bits_input},
                               {"weight bits", p.bits_weights},
                               {"sum bits", p.bits_sum},
                               {"images", p.max_batch_size},
                               {"channels", p.max_channels_in},
                               {"kernel", p.max_kernel_size},
                               {"width", p.max_image_size},
                               {"weights", p.ram_weights_depth},
                               {"edges", p.ram_edges_depth},
                               {"axi", p.axi_width}});
  for (const KrakenPacket& packet : *run.program) {
    text += "; " + describe({{"kernel_h", packet.kernel_h},
                             {"kernel_w", packet.kernel_w},
                             {"channels", packet.channels},
                             {"width", packet.width},
                             {"blocks", packet.blocks},
                             {"images", packet.images}});
  }
  return text;
}

KernelCase case_of(const KrakenRun& run, std::vector<std::vector<Value>> inputs,
                   std::vector<std::vector<Value>> outputs) {
  KernelCase c;
  c.parameters = run.text;
  c.frames = KrakenRun::kFrames;
  c.inputs = std::move(inputs);
  c.outputs = std::move(outputs);
  return c;
}

}  // namespace

Value KrakenLayer::pixel(int image, int y, int x, int channel) const {
  if (y < 0 || y >= height || x < 0 || x >= packet.width) return 0;
  return maps[image].at(y, x, channel);
}

Value KrakenLayer::weight(int word, int column) const {
  const std::size_t group = column / packet.kernel_w;
  if (group >= kernels.size()) return idle[std::size_t(column) * packet.words() + word];
  return kernels[group].at(word % packet.kernel_h, column % packet.kernel_w,
                           word / packet.kernel_h);
}

Value KrakenLayer::sum(int group, int image, int y, int x) const {
  std::int64_t result = 0;
  for (int ky = 0; ky < packet.kernel_h; ++ky) {
    for (int kx = 0; kx < packet.kernel_w; ++kx) {
      for (int channel = 0; channel < packet.channels; ++channel) {
        result += std::int64_t{kernels[group].at(ky, kx, channel)} *
                  pixel(image, y + ky - packet.kernel_h / 2, x + kx - packet.kernel_w / 2, channel);
      }
    }
  }
  // Two's complement of so many bits.
  const std::int64_t range = std::int64_t{1} << bits_sum;
  const std::int64_t wrapped = ((result % range) + range) % range;
  return static_cast<Value>(wrapped >= range / 2 ? wrapped - range : wrapped);
}

KrakenRun draw_kraken(Draw& draw, const KrakenWish& wish) {
  KrakenRun run;
  KrakenParams& p = run.params;
  p.rows = draw.between(1, 9);
  p.columns = draw.between(1, 30);
  p.bits_input = draw.pick({2, 4, 8});
  p.bits_weights = draw.pick({2, 4, 8});
  p.bits_sum = draw.one_in(3) ? draw.between(2, 15) : draw.between(16, 32);
  p.axi_width = draw.pick({32, 64, 128});
  p.max_kernel_size =
      odd_up_to(draw, std::min(kMostKernel, p.columns % 2 ? p.columns : p.columns - 1));
  if (wish.unbound) {
    p.axi_width = 128;
    p.rows = draw.between(1, 4);
    p.columns = draw.between(3, 8);
    p.max_kernel_size = draw.pick({1, 3});
    if (p.max_kernel_size == 1) p.rows = draw.pick({1, 2, 4});
    p.bits_sum = 16;
  }
  std::vector<KrakenPacket> program;
  const int packets = draw.between(1, 4);
  for (int i = 0; i < packets; ++i) program.push_back(draw_packet(p, wish, draw));
  set_limits(p, program, draw);
  p.check();
  run.program = std::make_shared<const std::vector<KrakenPacket>>(program);
  run.text = text_of(run);
  for (int frame = 0; frame < KrakenRun::kFrames; ++frame) {
    for (const KrakenPacket& packet : program) {
      const int last = (packet.blocks - 1) * p.rows;  // [rows] above the last block
      run.layers.push_back(draw_layer(p, packet, last + draw.between(1, p.rows), draw));
    }
  }
  for (const KrakenLayer& layer : run.layers) {
    add_pixel_stream(run, layer, draw);
    add_weight_stream(run, layer, draw);
    add_array_beats(run, layer);
    add_sums(run, layer);
  }
  return run;
}

KernelCase pixels_case(const KrakenRun& run) {
  KernelCase c = case_of(run, {run.pixel_stream}, {run.pixels});
  c.make = [p = run.params, program = run.program] {
    return std::make_unique<KrakenPixels>(p, program);
  };
  return c;
}

KernelCase weights_case(const KrakenRun& run) {
  KernelCase c = case_of(run, {run.weight_stream}, {run.weights, run.controls});
  c.make = [p = run.params, program = run.program] {
    return std::make_unique<KrakenWeights>(p, program);
  };
  return c;
}

KernelCase array_case(const KrakenRun& run) {
  KernelCase c = case_of(run, {run.pixels, run.weights, run.controls}, {run.sums});
  c.make = [p = run.params, program = run.program] {
    return std::make_unique<KrakenArray>(p, program);
  };
  return c;
}

KernelCase engine_case(const KrakenRun& run) {
  KernelCase c = case_of(run, {run.pixel_stream, run.weight_stream}, {run.sums});
  c.make = [p = run.params, program = run.program] {
    return std::make_unique<EngineModel>(p, program);
  };
  return c;
}

}  // namespace qnnsim::test
