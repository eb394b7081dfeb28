// SPDX-License-Identifier: Apache-2.0
//
// qnnsim_resource_points DIRECTORY: writes the kernels that scripts/measure_resources synthesises,
// a line of JSON each, and the contents of their memories into DIRECTORY.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models/add.h"
#include "models/axi_reader.h"
#include "models/axi_writer.h"
#include "models/concat.h"
#include "models/fork.h"
#include "models/global_pool.h"
#include "models/kraken/kraken_array.h"
#include "models/kraken/kraken_pixels.h"
#include "models/kraken/kraken_weights.h"
#include "models/mvu.h"
#include "models/pad.h"
#include "models/pool.h"
#include "models/reorder_buffer.h"
#include "models/scale_bias.h"
#include "models/sliding_window.h"
#include "models/thresholding.h"
#include "models/top_k.h"
#include "models/upsample.h"
#include "models/vvu.h"
#include "models/weight_memory.h"
#include "models/width_converter.h"

namespace {

using namespace qnnsim;
using Json = nlohmann::ordered_json;
using Kernels = std::vector<std::unique_ptr<Kernel>>;

DataType type(const char* name) { return *DataType::parse(name); }

/// Values that look like trained ones: spread over the type, no two neighbours alike.
std::vector<Value> spread(std::size_t count, DataType type) {
  std::vector<Value> values(count);
  std::uint64_t state = 1;
  for (Value& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto range = static_cast<std::uint64_t>(type.max() - type.min() + 1);
    value = static_cast<Value>(type.min() + std::int64_t((state >> 33) % range));
    if (type.is_bipolar()) value = (state >> 40 & 1) != 0 ? 1 : -1;
  }
  return values;
}

struct Shape {
  const char* weight;
  const char* input;
  int folds_in, folds_out, pe, simd, out_bits;
};

void add_mvus(Kernels& kernels) {
  const auto mvu = [&](const Shape& s, MacStyle mac, int mmv = 1) {
    MvuParams p;
    p.rows = s.folds_out * s.pe;
    p.columns = s.folds_in * s.simd;
    p.pe = s.pe;
    p.simd = s.simd;
    p.mmv = mmv;
    p.input_type = type(s.input);
    p.weight_type = type(s.weight);
    p.output_type = DataType::signed_integer(s.out_bits);
    p.weight_stream = true;
    p.mac = mac;
    kernels.push_back(std::make_unique<Mvu>(p));
  };
  for (const Shape& s : std::vector<Shape>{{"BIPOLAR", "BIPOLAR", 9, 4, 4, 8, 8},
                                           {"INT2", "UINT2", 9, 4, 4, 4, 10},
                                           {"INT4", "UINT4", 9, 4, 4, 4, 14},
                                           {"BIPOLAR", "INT8", 9, 4, 4, 3, 13},
                                           {"INT8", "INT8", 8, 4, 2, 4, 22},
                                           {"BIPOLAR", "BIPOLAR", 16, 1, 8, 16, 9},
                                           {"INT4", "INT4", 16, 8, 8, 2, 14},
                                           {"INT2", "UINT4", 12, 1, 4, 8, 12},
                                           {"BIPOLAR", "BIPOLAR", 4, 16, 4, 32, 8},
                                           {"BIPOLAR", "UINT2", 9, 4, 4, 8, 9},
                                           {"INT3", "UINT3", 27, 2, 2, 4, 12},
                                           {"INT4", "UINT4", 2, 32, 1, 8, 12},
                                           {"INT8", "UINT8", 16, 2, 1, 1, 20},
                                           {"INT2", "UINT2", 16, 2, 16, 2, 8}}) {
    mvu(s, MacStyle::kLut);
  }
  mvu({"BIPOLAR", "BIPOLAR", 9, 1, 4, 8, 8}, MacStyle::kLut, 2);
  mvu({"INT4", "UINT4", 9, 1, 2, 4, 12}, MacStyle::kLut, 4);
  for (const MacStyle mac : {MacStyle::kDsp48e1, MacStyle::kDsp48e2}) {
    for (const Shape& s : std::vector<Shape>{{"INT4", "UINT4", 9, 4, 4, 4, 14},
                                             {"INT8", "INT8", 9, 4, 4, 4, 22},
                                             {"INT8", "UINT8", 16, 2, 8, 2, 22},
                                             {"INT4", "INT4", 16, 4, 8, 4, 14},
                                             {"INT4", "UINT4", 12, 1, 16, 2, 13},
                                             {"INT8", "INT8", 4, 8, 2, 8, 20},
                                             {"INT4", "UINT4", 8, 8, 1, 4, 14},
                                             {"INT3", "UINT3", 9, 2, 6, 3, 12}}) {
      mvu(s, mac);
    }
  }
}

void add_vvus(Kernels& kernels) {
  const auto vvu = [&](const char* weight, const char* input, int folds, int pe, int simd,
                       int out_bits, MacStyle mac) {
    VvuParams p;
    p.channels = folds * pe;
    p.window = 9;
    p.pe = pe;
    p.simd = simd;
    p.input_type = type(input);
    p.weight_type = type(weight);
    p.output_type = DataType::signed_integer(out_bits);
    p.weight_stream = true;
    p.mac = mac;
    kernels.push_back(std::make_unique<Vvu>(p));
  };
  vvu("INT4", "UINT4", 8, 1, 1, 12, MacStyle::kLut);
  vvu("INT4", "UINT4", 8, 4, 1, 12, MacStyle::kLut);
  vvu("INT4", "UINT4", 4, 2, 9, 12, MacStyle::kLut);
  vvu("INT4", "UINT4", 4, 8, 3, 12, MacStyle::kLut);
  vvu("INT8", "INT8", 8, 2, 3, 20, MacStyle::kLut);
  vvu("INT2", "UINT2", 8, 8, 3, 8, MacStyle::kLut);
  vvu("BIPOLAR", "BIPOLAR", 8, 16, 3, 5, MacStyle::kLut);
  vvu("BIPOLAR", "UINT2", 8, 4, 9, 7, MacStyle::kLut);
  vvu("INT3", "INT3", 8, 4, 9, 10, MacStyle::kLut);
  for (const MacStyle mac : {MacStyle::kDsp48e1, MacStyle::kDsp48e2}) {
    vvu("INT4", "UINT4", 8, 4, 1, 12, mac);
    vvu("INT4", "UINT4", 8, 8, 3, 12, mac);
    vvu("INT8", "INT8", 8, 4, 3, 20, mac);
    vvu("INT8", "UINT8", 8, 2, 9, 20, mac);
    vvu("INT4", "INT4", 8, 16, 1, 12, mac);
  }
}

void add_windows(Kernels& kernels) {
  const auto window = [&](int size, int channels, int simd, int kernel, int stride,
                          const char* name, bool depthwise = false, bool parallel = false,
                          int mmv = 1) {
    SlidingWindowParams p;
    p.height = p.width = size;
    p.channels = channels;
    p.simd = simd;
    p.kernel_h = p.kernel_w = kernel;
    p.stride_h = p.stride_w = stride;
    p.groups = depthwise || parallel ? channels / simd : 1;
    p.parallel = parallel;
    p.mmv = mmv;
    p.type = type(name);
    p.memory = "bram";
    kernels.push_back(std::make_unique<SlidingWindow>(p));
  };
  window(32, 3, 3, 3, 1, "INT8");
  window(30, 64, 32, 3, 1, "BIPOLAR");
  window(14, 128, 8, 3, 1, "UINT4");
  window(28, 64, 2, 3, 2, "UINT4");
  window(56, 32, 4, 3, 1, "UINT4", true);
  window(114, 32, 1, 3, 2, "UINT4", true);
  window(28, 16, 16, 2, 2, "UINT2", true);
  window(12, 8, 4, 5, 1, "UINT8");
  window(10, 256, 4, 1, 2, "UINT4");
  window(32, 3, 3, 3, 1, "INT8", false, true);
  window(28, 8, 8, 3, 1, "UINT4", false, true);
  window(28, 8, 4, 3, 1, "UINT4", false, true);
  window(14, 4, 4, 5, 1, "UINT2", false, true);
  window(30, 16, 16, 3, 1, "BIPOLAR", false, false, 4);
  window(30, 8, 4, 3, 1, "UINT4", false, false, 2);
}

void add_thresholdings(Kernels& kernels) {
  const auto thresholding = [&](int folds, int pe, const char* input, int steps,
                                const char* output) {
    ThresholdingParams p;
    p.channels = folds * pe;
    p.pe = pe;
    p.steps = steps;
    p.input_type = type(input);
    p.output_type = type(output);
    p.memory = "bram";
    std::vector<Value> levels = spread(std::size_t(p.channels) * steps, p.input_type);
    for (auto one = levels.begin(); one != levels.end(); one += steps) {
      std::sort(one, one + steps);
    }
    kernels.push_back(std::make_unique<Thresholding>(p, std::move(levels)));
  };
  thresholding(16, 1, "INT16", 1, "BIPOLAR");
  thresholding(16, 4, "INT10", 1, "BIPOLAR");
  thresholding(4, 16, "INT8", 1, "BIPOLAR");
  thresholding(16, 4, "INT12", 3, "UINT2");
  thresholding(8, 8, "INT8", 3, "UINT2");
  thresholding(32, 2, "INT16", 7, "UINT3");
  thresholding(16, 4, "INT14", 15, "UINT4");
  thresholding(8, 8, "INT12", 15, "UINT4");
  thresholding(64, 1, "INT20", 15, "UINT4");
  thresholding(16, 2, "INT18", 255, "UINT8");
  thresholding(16, 2, "INT12", 2, "INT2");
  thresholding(8, 3, "UINT8", 6, "INT3");
}

void add_converters(Kernels& kernels) {
  const auto converter = [&](int in, int out, const char* name) {
    WidthConverterParams p;
    p.lanes_in = in;
    p.lanes_out = out;
    p.type = type(name);
    p.elements = p.group() * 4;
    kernels.push_back(std::make_unique<WidthConverter>(p));
  };
  converter(1, 8, "UINT4");
  converter(8, 1, "UINT4");
  converter(16, 32, "BIPOLAR");
  converter(64, 16, "BIPOLAR");
  converter(4, 64, "UINT2");
  converter(48, 4, "UINT4");
  converter(2, 3, "INT8");
  converter(12, 8, "UINT4");
  converter(10, 4, "INT8");
  converter(3, 64, "BIPOLAR");
  converter(4, 8, "INT20");
  converter(32, 8, "INT8");
}

void add_streams(Kernels& kernels) {
  const auto fork = [&](int branches, int lanes, const char* name) {
    ForkParams p;
    p.branches = branches;
    p.lanes = lanes;
    p.type = type(name);
    kernels.push_back(std::make_unique<Fork>(p));
  };
  fork(2, 1, "UINT4");
  fork(2, 16, "UINT4");
  fork(2, 64, "UINT4");
  fork(3, 8, "INT8");
  fork(4, 32, "UINT2");
  fork(2, 7, "INT12");

  const auto add = [&](int pe, std::vector<std::string> inputs, int out_bits) {
    AddParams p;
    p.pe = pe;
    for (const std::string& name : inputs) p.input_types.push_back(type(name.c_str()));
    p.output_type = DataType::signed_integer(out_bits);
    kernels.push_back(std::make_unique<Add>(p));
  };
  add(1, {"UINT4", "UINT4"}, 6);
  add(8, {"UINT4", "UINT4"}, 6);
  add(32, {"INT8", "INT8"}, 9);
  add(16, {"UINT2", "UINT2"}, 4);
  add(8, {"INT16", "INT16"}, 17);
  add(4, {"INT8", "INT8", "INT8"}, 10);
  add(16, {"UINT4", "UINT4", "UINT4", "UINT4"}, 7);
  add(2, {"INT20", "INT20"}, 21);

  const auto concat = [&](int pe, std::vector<int> folds, const char* name) {
    ConcatParams p;
    p.pe = pe;
    for (const int fold : folds) {
      p.channels.push_back(fold * pe);
      p.input_types.push_back(type(name));
    }
    p.output_type = type(name);
    kernels.push_back(std::make_unique<Concat>(p));
  };
  concat(1, {8, 8}, "UINT4");
  concat(8, {8, 8}, "UINT4");
  concat(32, {2, 6}, "UINT2");
  concat(16, {4, 4, 4}, "INT8");
  concat(4, {16, 16, 8, 8}, "UINT4");
  concat(16, {3, 5}, "INT12");

  const auto pad = [&](int size, int folds, int simd, int around, const char* name) {
    PadParams p;
    p.height = p.width = size;
    p.channels = folds * simd;
    p.simd = simd;
    p.top = p.left = p.bottom = p.right = around;
    p.type = type(name);
    kernels.push_back(std::make_unique<Pad>(p));
  };
  pad(32, 1, 3, 1, "INT8");
  pad(28, 8, 8, 1, "UINT4");
  pad(224, 3, 1, 1, "INT8");
  pad(14, 4, 64, 1, "UINT4");
  pad(56, 64, 2, 1, "UINT4");
  pad(16, 2, 32, 2, "UINT2");
  pad(7, 128, 4, 1, "UINT8");

  const auto upsample = [&](int size, int folds, int pe, int scale, const char* name) {
    UpsampleParams p;
    p.height = p.width = size;
    p.channels = folds * pe;
    p.pe = pe;
    p.scale_h = p.scale_w = scale;
    p.type = type(name);
    kernels.push_back(std::make_unique<Upsample>(p));
  };
  upsample(8, 4, 4, 2, "UINT4");
  upsample(16, 4, 16, 2, "UINT4");
  upsample(14, 1, 32, 2, "UINT2");
  upsample(8, 8, 8, 4, "INT8");
  upsample(28, 2, 1, 2, "INT8");
  upsample(4, 8, 3, 3, "UINT4");

  const auto reorder = [&](ReorderBufferParams p, int lanes, const char* name) {
    p.lanes = lanes;
    p.beats = p.block;
    p.type = type(name);
    p.memory = "bram";
    kernels.push_back(std::make_unique<ReorderBuffer>(p));
  };
  reorder(ReorderBufferParams::repetition(16, 4), 8, "UINT4");
  reorder(ReorderBufferParams::repetition(256, 8), 4, "INT8");
  reorder(ReorderBufferParams::transposition(16, 9), 4, "UINT4");
  reorder(ReorderBufferParams::transposition(8, 100), 32, "UINT2");
  reorder(ReorderBufferParams::repetition(1000, 3), 1, "INT16");
  reorder(ReorderBufferParams::transposition(64, 32), 16, "UINT4");

  const auto weights = [&](int lanes, int tiles, const char* name) {
    WeightMemoryParams p;
    p.lanes = lanes;
    p.tiles = tiles;
    p.beats = tiles;
    p.type = type(name);
    auto values = spread(std::size_t(lanes) * tiles, p.type);
    kernels.push_back(std::make_unique<WeightMemory>(p, std::move(values)));
  };
  weights(16, 512, "INT4");
  weights(36, 1024, "INT4");
  weights(32, 2048, "BIPOLAR");
  weights(8, 4096, "INT8");
  weights(64, 512, "INT2");
  weights(9, 700, "INT8");
}

void add_pools(Kernels& kernels) {
  const auto pool = [&](int window, int pe, bool parallel, PoolMode mode, const char* input,
                        const char* output) {
    PoolParams p;
    p.channels = 4 * pe;
    p.window = window;
    p.pe = pe;
    p.parallel = parallel;
    p.mode = mode;
    p.input_type = type(input);
    p.output_type = type(output);
    kernels.push_back(std::make_unique<Pool>(p));
  };
  pool(4, 1, false, PoolMode::kMax, "UINT4", "UINT4");
  pool(4, 16, false, PoolMode::kMax, "UINT2", "UINT2");
  pool(4, 32, false, PoolMode::kMax, "BIPOLAR", "BIPOLAR");
  pool(9, 8, false, PoolMode::kMax, "INT8", "INT8");
  pool(4, 4, true, PoolMode::kMax, "UINT4", "UINT4");
  pool(9, 8, true, PoolMode::kMax, "UINT4", "UINT4");
  pool(9, 4, false, PoolMode::kSum, "UINT4", "UINT8");
  pool(9, 8, true, PoolMode::kSum, "UINT4", "UINT8");
  pool(4, 8, false, PoolMode::kMean, "UINT4", "UINT4");
  pool(49, 4, false, PoolMode::kMean, "UINT8", "UINT8");
  pool(49, 8, false, PoolMode::kSum, "UINT4", "UINT10");
  pool(4, 8, true, PoolMode::kMean, "INT8", "INT8");

  const auto global = [&](int folds, int pe, int pixels, PoolMode mode, const char* input,
                          const char* output) {
    GlobalPoolParams p;
    p.channels = folds * pe;
    p.pe = pe;
    p.pixels = pixels;
    p.mode = mode;
    p.input_type = type(input);
    p.output_type = type(output);
    kernels.push_back(std::make_unique<GlobalPool>(p));
  };
  global(16, 1, 49, PoolMode::kSum, "UINT4", "UINT10");
  global(16, 4, 49, PoolMode::kSum, "UINT4", "UINT10");
  global(32, 8, 49, PoolMode::kMean, "UINT4", "UINT4");
  global(8, 16, 64, PoolMode::kMax, "UINT4", "UINT4");
  global(16, 4, 49, PoolMode::kMean, "INT8", "INT8");
  global(1, 8, 16, PoolMode::kSum, "INT8", "INT12");
  global(16, 16, 100, PoolMode::kSum, "UINT8", "UINT15");
  global(4, 2, 36, PoolMode::kMax, "INT16", "INT16");
}

void add_others(Kernels& kernels) {
  const auto scale = [&](int folds, int pe, const char* input, const char* factor, const char* bias,
                         int out_bits) {
    ScaleBiasParams p;
    p.channels = folds * pe;
    p.pe = pe;
    p.input_type = type(input);
    p.output_type = DataType::signed_integer(out_bits);
    kernels.push_back(std::make_unique<ScaleBias>(p, spread(p.channels, type(factor)),
                                                  spread(p.channels, type(bias))));
  };
  scale(16, 1, "INT8", "INT8", "INT8", 17);
  scale(16, 4, "INT8", "INT8", "INT8", 17);
  scale(8, 8, "UINT4", "INT8", "INT12", 15);
  scale(32, 2, "INT16", "INT8", "INT16", 26);
  scale(16, 4, "INT12", "INT6", "INT10", 19);
  scale(4, 16, "UINT4", "INT4", "INT8", 12);

  const auto top = [&](int folds, int pe, int k, const char* input) {
    TopKParams p;
    p.channels = folds * pe;
    p.pe = pe;
    p.k = k;
    p.input_type = type(input);
    kernels.push_back(std::make_unique<TopK>(p));
  };
  top(10, 1, 1, "INT16");
  top(10, 1, 1, "INT8");
  top(100, 1, 1, "INT12");
  top(1000, 1, 5, "INT16");
  top(10, 1, 3, "UINT8");
  top(16, 2, 1, "INT12");
  top(25, 4, 2, "INT10");
  top(4, 5, 1, "INT8");

  const auto axi = [&](int bus, int burst, int outstanding, std::uint64_t elements,
                       const char* name) {
    AxiTransferParams p;
    p.bus_bits = bus;
    p.max_burst = burst;
    p.outstanding = outstanding;
    p.elements = elements;
    p.base = 4096;
    p.type = type(name);
    kernels.push_back(std::make_unique<AxiReader>(p));
    kernels.push_back(std::make_unique<AxiWriter>(p));
  };
  axi(64, 16, 4, 3072, "UINT8");
  axi(128, 64, 8, 4096, "INT4");
  axi(32, 16, 2, 784, "UINT8");
  axi(256, 16, 16, 10000, "INT2");
  axi(512, 64, 8, 65536, "INT8");
  axi(64, 256, 4, 1000, "INT16");
  axi(128, 16, 4, 9216, "BIPOLAR");
}

/// The greatest that a packet may ask for.
struct KrakenLimits {
  int channels = 512, image = 512, batch = 512;
};

void add_kraken(Kernels& kernels) {
  const auto program = std::make_shared<const std::vector<KrakenPacket>>(1);
  const auto engine = [](int axi, int max_kernel, const KrakenLimits& limits = {}) {
    KrakenParams p;
    p.axi_width = axi;
    p.max_kernel_size = max_kernel;
    p.max_channels_in = limits.channels;
    p.max_image_size = limits.image;
    p.max_batch_size = limits.batch;
    return p;
  };
  const auto pixels = [&](KrakenParams p, int rows, int bits, int depth) {
    p.rows = rows;
    p.bits_input = bits;
    p.ram_edges_depth = depth;
    kernels.push_back(std::make_unique<KrakenPixels>(p, program));
  };
  pixels(engine(64, 5), 8, 8, 512);
  pixels(engine(64, 1), 8, 8, 512);
  pixels(engine(64, 3), 4, 4, 2048);
  pixels(engine(128, 7), 7, 8, 512);
  pixels(engine(32, 3), 2, 8, 1024);
  pixels(engine(128, 3), 8, 2, 4096);
  pixels(engine(32, 5, {2048, 256, 64}), 6, 4, 1024);
  pixels(engine(64, 7, {64, 32, 16}), 1, 8, 512);
  pixels(engine(64, 13), 8, 8, 288);

  const auto weights = [&](KrakenParams p, int columns, int bits, int depth) {
    p.columns = columns;
    p.bits_weights = bits;
    p.ram_weights_depth = depth;
    kernels.push_back(std::make_unique<KrakenWeights>(p, program));
  };
  weights(engine(64, 3), 12, 8, 512);
  weights(engine(64, 3), 24, 8, 512);
  weights(engine(128, 5), 16, 4, 1024);
  weights(engine(64, 1), 8, 8, 256);
  weights(engine(32, 7), 24, 2, 512);
  weights(engine(32, 3), 9, 4, 2048);
  weights(engine(128, 3, {2048, 256, 64}), 20, 8, 512);
  weights(engine(64, 3, {64, 32, 16}), 48, 8, 1024);

  const auto array = [&](KrakenParams p, int rows, int columns, int input, int weight, int sum) {
    p.rows = rows;
    p.columns = columns;
    p.bits_input = input;
    p.bits_weights = weight;
    p.bits_sum = sum;
    kernels.push_back(std::make_unique<KrakenArray>(p, program));
  };
  array(engine(64, 3), 4, 12, 8, 8, 32);
  array(engine(32, 1), 2, 4, 8, 8, 32);
  array(engine(64, 5), 8, 6, 8, 8, 24);
  array(engine(64, 3), 4, 8, 4, 4, 16);
  array(engine(128, 7), 2, 12, 4, 4, 24);
  array(engine(64, 3), 8, 8, 2, 2, 16);
  array(engine(32, 3), 4, 4, 8, 4, 20);
  array(engine(32, 5), 3, 10, 2, 4, 12);
  array(engine(128, 7), 8, 12, 8, 8, 32);
  array(engine(64, 5), 2, 9, 16, 16, 32);
  array(engine(128, 3), 8, 12, 8, 8, 32);
  array(engine(64, 13), 8, 13, 8, 8, 32);
}

/// "<words>x<bits>x<copies>:<style>" of every memory, with "rom" and "unclocked" where they are.
std::string memory_text(const std::vector<KernelMemory>& memories) {
  std::vector<std::string> words;
  for (const KernelMemory& memory : memories) {
    words.push_back(fmt::format("{}x{}x{}:{}{}{}", memory.words, memory.bits, memory.copies,
                                memory.style, memory.read_only ? ":rom" : "",
                                memory.clocked ? "" : ":unclocked"));
  }
  return fmt::format("{}", fmt::join(words, " "));
}

Json point(std::string block, const Traits& traits, const RtlModule& module) {
  Json parameters = Json::object();
  for (const auto& [name, value] : module.parameters) parameters[name] = value;
  return {{"block", std::move(block)},
          {"traits", traits},
          {"module", module.module},
          {"parameters", parameters}};
}

/// A FIFO is no kernel.
Json fifo(std::int64_t width, std::int64_t depth, const std::string& style) {
  RtlModule module("qnn_fifo");
  module.set("Width", width).set("Depth", depth).set_text("Style", style);
  const std::string block = depth <= 2 ? "register" : style == "srl" ? style : "ram";
  Json json = point("fifo_" + block, {{"width", width}, {"depth", depth}}, module);
  json["memories"] = block == "ram" ? fmt::format("{}x{}x1:{}", depth, width, style) : "";
  return json;
}

/// The files of one point in a directory of its own.
void write_memories(const std::string& directory, const RtlModule& module) {
  for (const RtlMemory& memory : module.memories) {
    std::ofstream file(directory + "/" + memory.file());
    const int bits = memory.type.bits();
    for (std::size_t word = 0; word < memory.values.size(); word += memory.lanes) {
      std::string digits;
      std::uint64_t pending = 0;
      int held = 0;
      for (int lane = 0; lane < memory.lanes; ++lane) {
        pending |= std::uint64_t{to_wire(memory.values[word + lane], memory.type)} << held;
        for (held += bits; held >= 4; held -= 4, pending >>= 4) {
          digits.insert(digits.begin(), "0123456789abcdef"[pending & 15]);
        }
      }
      if (held > 0) digits.insert(digits.begin(), "0123456789abcdef"[pending & 15]);
      file << digits << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: qnnsim_resource_points DIRECTORY\n";
    return 2;
  }
  Kernels kernels;
  add_mvus(kernels);
  add_vvus(kernels);
  add_windows(kernels);
  add_thresholdings(kernels);
  add_converters(kernels);
  add_streams(kernels);
  add_pools(kernels);
  add_others(kernels);
  add_kraken(kernels);
  int number = 0;
  for (const auto& kernel : kernels) {
    const RtlModule module = *kernel->rtl();
    Json json = point(std::string(kernel->block()), kernel->traits(), module);
    json["memories"] = memory_text(kernel->memories());
    if (!module.memories.empty()) {
      const std::string directory = fmt::format("{}/{}", argv[1], number);
      std::filesystem::create_directories(directory);
      write_memories(directory, module);
      json["directory"] = directory;
    }
    ++number;
    std::cout << json.dump() << '\n';
  }
  for (const auto& [width, depth] : std::vector<std::pair<int, int>>{
           {8, 2}, {64, 2}, {8, 16}, {36, 32}, {128, 8}, {5, 32}, {300, 2}}) {
    std::cout << fifo(width, depth, "srl").dump() << '\n';
  }
  for (const auto& [width, depth] :
       std::vector<std::pair<int, int>>{{8, 512}, {36, 512}, {72, 1024}, {18, 3000}, {128, 600}}) {
    std::cout << fifo(width, depth, "bram").dump() << '\n';
  }
  return 0;
}
