// SPDX-License-Identifier: Apache-2.0
#include "sim/kraken/kraken_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/kraken/kraken_array.h"
#include "sim/kraken/kraken_dma.h"
#include "sim/kraken/kraken_ideal.h"
#include "sim/kraken/kraken_layout.h"
#include "sim/kraken/kraken_lowering.h"
#include "sim/kraken/kraken_processor.h"
#include "sim/result.h"
#include "sim/text_table.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

const char* kind_name(KrakenLayer::Kind kind) {
  switch (kind) {
    case KrakenLayer::Kind::kConv:
      return "conv";
    case KrakenLayer::Kind::kDense:
      return "dense";
    case KrakenLayer::Kind::kMatrixProduct:
      return "product";
  }
  return "";
}

/// Takes up to `amount` from each of `counts` in turn; what it took.
std::uint64_t take(std::uint64_t amount, std::initializer_list<std::uint64_t*> counts) {
  std::uint64_t taken = 0;
  for (std::uint64_t* count : counts) {
    const std::uint64_t part = std::min(*count, amount - taken);
    *count -= part;
    taken += part;
  }
  return taken;
}

/// By layer, over all batches: how the array spent its clocks in the `rtl` profile.
std::vector<KrakenClocks> rtl_clocks(const KrakenSystem& system) {
  const std::vector<KrakenLayer>& layers = system.plan->layers;
  std::vector<KrakenClocks> clocks(layers.size());
  const auto& counts = system.array->counts();
  const auto& waits = system.array->waits();
  const auto& spans = system.processor->spans();
  std::size_t packet = 0;
  std::size_t sums = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    KrakenClocks& all = clocks[i];
    const std::size_t first = packet;
    for (; packet < first + layers[i].packets(); ++packet) {
      all.beats += counts[packet].beats;
      all.shifts += counts[packet].shifts;
      all.pixels += counts[packet].no_pixels;
      all.weights += counts[packet].no_weights;
      all.output += counts[packet].output_taken;
    }
    // Until its pixels lay in memory, a layer waited for the processor.
    std::uint64_t waited = 0;
    for (std::size_t batch = 0; batch * layers.size() + i < spans.size(); ++batch) {
      const std::size_t number = batch * counts.size() + first;
      if (number >= waits.size()) break;
      const KrakenWait& wait = waits[number];
      const Cycle released = spans[batch * layers.size() + i].released;
      waited += std::min(std::max(released, wait.from), wait.to) - wait.from;
    }
    all.processor = take(waited, {&all.pixels, &all.weights});
    std::uint64_t no_buffer = 0;
    for (const std::size_t end = sums + system.transfers->layer_sums[i]; sums < end; ++sums) {
      no_buffer += system.gate->waits()[sums];
    }
    all.processor += take(no_buffer, {&all.output});
  }
  return clocks;
}

std::vector<KrakenClocks> ideal_clocks(const KrakenSystem& system) {
  std::vector<KrakenClocks> clocks;
  for (const KrakenIdealCounts& counts : system.ideal->counts()) {
    KrakenClocks one;
    one.beats = counts.beats;
    one.shifts = counts.shifts;
    one.configures = counts.configures;
    clocks.push_back(one);
  }
  return clocks;
}

/// [words] of a layer in a batch of the `rtl` profile.
KrakenWords rtl_words(const KrakenParams& params, const KrakenLayer& layer) {
  KrakenWords words;
  for (int pass = 0; pass < layer.passes(); ++pass) {
    const KrakenPacket packet = layer.packet(pass);
    words.pixels += packet.vectors() * params.vector_rows(packet.kernel_h);
    words.weights += std::uint64_t(packet.words()) * params.columns;
    words.sums += packet.columns() * layer.column_groups * params.rows;
  }
  const std::uint64_t times = std::uint64_t(layer.groups) * layer.iterations;
  return {words.pixels * times, words.weights * times, words.sums * times};
}

constexpr std::uint64_t KrakenClocks::*kClocks[] = {
    &KrakenClocks::beats,   &KrakenClocks::shifts, &KrakenClocks::configures, &KrakenClocks::pixels,
    &KrakenClocks::weights, &KrakenClocks::output, &KrakenClocks::processor};

KrakenClocks divided(KrakenClocks clocks, std::uint64_t by) {
  for (const auto each : kClocks) clocks.*each = (clocks.*each + by / 2) / by;
  return clocks;
}

void add(KrakenFigures& sum, const KrakenFigures& one) {
  for (const auto each : kClocks) sum.clocks.*each += one.clocks.*each;
  sum.words.pixels += one.words.pixels;
  sum.words.weights += one.words.weights;
  sum.words.sums += one.words.sums;
  sum.bytes += one.bytes;
  sum.macs += one.macs;
  sum.macs_valid += one.macs_valid;
  sum.processor_cycles += one.processor_cycles;
}

/// The ratios, from the sums.
void set_ratios(const KrakenSettings& settings, KrakenFigures& figures) {
  const double clocks = double(figures.clocks.total());
  const double operations = 2 * double(figures.macs_valid);
  if (clocks == 0 || figures.words.total() == 0) return;
  const double elements = double(settings.params.rows) * settings.params.columns;
  figures.efficiency = double(figures.macs_valid) / (elements * clocks);
  figures.intensity = operations / double(figures.words.total());
  figures.gops = operations / clocks * settings.frequency_mhz / 1e3;
  figures.fps = settings.frequency_mhz * 1e6 * settings.batch / clocks;
}

std::string bound_of(const KrakenClocks& clocks) {
  const std::pair<std::uint64_t, const char*> shares[] = {{clocks.computing(), "array"},
                                                          {clocks.output, "output"},
                                                          {clocks.pixels, "pixels"},
                                                          {clocks.weights, "weights"},
                                                          {clocks.processor, "processor"}};
  return std::max_element(std::begin(shares), std::end(shares),
                          [](const auto& a, const auto& b) { return a.first < b.first; })
      ->second;
}

KrakenLayerResult layer_result(const KrakenPlan& plan, const KrakenLayer& layer,
                               const KrakenClocks& clocks, const KrakenWords& words) {
  const KrakenParams& params = plan.settings.params;
  const int sum_bits = plan.is_ideal() ? params.bits_sum : params.bits_output();
  KrakenLayerResult result;
  result.name = layer.name;
  result.kind = kind_name(layer.kind);
  result.kernel = fmt::format("{} x {}", layer.kernel_h, layer.kernel_w);
  result.group_columns = layer.group_columns;
  result.column_groups = layer.column_groups;
  result.iterations = layer.iterations * layer.groups;
  result.blocks = layer.blocks;
  result.shared_rows = layer.shared_rows;
  result.passes = layer.passes();
  result.idle_columns = layer.idle_columns(params);
  result.ram_weights_depth = layer.ram_weights_depth();
  result.ram_edges_depth = layer.ram_edges_depth();
  result.sum_bits = layer.sum_bits;
  result.bound = bound_of(clocks);
  KrakenFigures& figures = result.figures;
  figures.clocks = clocks;
  figures.words = words;
  figures.bytes = (words.pixels * params.bits_input + words.weights * params.bits_weights +
                   words.sums * sum_bits) /
                  8;
  figures.macs = layer.macs;
  figures.macs_valid = layer.macs_valid;
  set_ratios(plan.settings, figures);
  if (clocks.computing() > 0) {
    const auto rate = [&](std::uint64_t amount, int bits) {
      return double(amount) * bits / 8 / double(clocks.computing()) * plan.settings.frequency_mhz /
             1e3;
    };
    result.pixels_gb_s = rate(words.pixels, params.bits_input);
    result.weights_gb_s = rate(words.weights, params.bits_weights);
    result.sums_gb_s = rate(words.sums, sum_bits);
  }
  return result;
}

Json figures_json(const KrakenFigures& figures) {
  const KrakenClocks& clocks = figures.clocks;
  return {
      {"clocks", clocks.total()},
      {"busy",
       {{"multiply", clocks.beats}, {"shift", clocks.shifts}, {"configure", clocks.configures}}},
      {"stalls",
       {{"pixels", clocks.pixels},
        {"weights", clocks.weights},
        {"output", clocks.output},
        {"processor", clocks.processor}}},
      {"macs", figures.macs},
      {"macs_valid", figures.macs_valid},
      {"efficiency", figures.efficiency},
      {"words",
       {{"pixels", figures.words.pixels},
        {"weights", figures.words.weights},
        {"sums", figures.words.sums},
        {"total", figures.words.total()}}},
      {"bytes", figures.bytes},
      {"ops_per_word", figures.intensity},
      {"gops", figures.gops},
      {"fps", figures.fps},
      {"processor_cycles", figures.processor_cycles}};
}

}  // namespace

std::optional<KrakenResult> kraken_result(const KrakenSystem& system, const Result& run) {
  const KrakenPlan& plan = *system.plan;
  const KrakenParams& params = plan.settings.params;
  KrakenResult result;
  result.profile = plan.is_ideal() ? "ideal" : "rtl";
  result.rows = params.rows;
  result.columns = params.columns;
  result.batch = plan.settings.batch;
  result.batches = run.frames_done / std::uint64_t(result.batch);
  if (result.batches == 0 || run.partial()) return std::nullopt;
  const std::vector<KrakenClocks> clocks =
      plan.is_ideal() ? ideal_clocks(system) : rtl_clocks(system);
  std::uint64_t beats = 0;
  for (const KrakenClocks& each : clocks) beats += each.beats;
  if (beats == 0) return std::nullopt;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const KrakenLayer& layer = plan.layers[i];
    KrakenWords words;
    if (plan.is_ideal()) {
      const KrakenIdealCounts& counts = system.ideal->counts()[i];
      words = {counts.pixel_words / result.batches, counts.weight_words / result.batches,
               counts.sum_words / result.batches};
    } else {
      words = rtl_words(params, layer);
    }
    KrakenLayerResult one = layer_result(plan, layer, divided(clocks[i], result.batches), words);
    if (system.processor != nullptr) {
      one.figures.processor_cycles = system.processor->work_cycles()[i] / result.batches;
    }
    add(result.network, one.figures);
    if (layer.kind == KrakenLayer::Kind::kConv) add(result.convolutions, one.figures);
    result.ram_weights_depth = std::max(result.ram_weights_depth, one.ram_weights_depth);
    result.ram_edges_depth = std::max(result.ram_edges_depth, one.ram_edges_depth);
    result.least_ram_weights_depth =
        std::max(result.least_ram_weights_depth, std::uint64_t(layer.kernel_h));
    if (layer.kernel_h > 1) {
      result.least_ram_edges_depth =
          std::max(result.least_ram_edges_depth, std::uint64_t(layer.width));
    }
    result.layers.push_back(std::move(one));
  }
  if (system.processor != nullptr) {
    result.processor_before = system.processor->work_cycles().back() / result.batches;
  }
  set_ratios(plan.settings, result.network);
  set_ratios(plan.settings, result.convolutions);
  return result;
}

std::vector<Value> kraken_output(const KrakenSystem& system) {
  std::vector<Value> values;
  if (system.processor == nullptr) return values;
  for (const Tensor& map : system.processor->outputs()) {
    values.insert(values.end(), map.data.begin(), map.data.end());
  }
  return values;
}

Json to_json(const KrakenResult& result) {
  Json layers = Json::array();
  for (const KrakenLayerResult& each : result.layers) {
    Json layer = {{"name", each.name},
                  {"kind", each.kind},
                  {"kernel", each.kernel},
                  {"tiling",
                   {{"G", each.group_columns},
                    {"E", each.column_groups},
                    {"T", each.iterations},
                    {"L", each.blocks},
                    {"F", each.shared_rows},
                    {"passes", each.passes},
                    {"idle_columns", each.idle_columns}}},
                  {"bound", each.bound}};
    layer.update(figures_json(each.figures));
    layer["full_rate_gb_s"] = {
        {"pixels", each.pixels_gb_s}, {"weights", each.weights_gb_s}, {"sums", each.sums_gb_s}};
    layer["ram_weights_depth"] = each.ram_weights_depth;
    layer["ram_edges_depth"] = each.ram_edges_depth;
    layer["sum_bits"] = each.sum_bits;
    layers.push_back(std::move(layer));
  }
  return {{"profile", result.profile},
          {"processing_elements", {result.rows, result.columns}},
          {"batch", result.batch},
          {"batches", result.batches},
          {"convolutions", figures_json(result.convolutions)},
          {"network", figures_json(result.network)},
          {"processor_before", result.processor_before},
          {"ram_weights_depth",
           {{"used", result.ram_weights_depth}, {"least", result.least_ram_weights_depth}}},
          {"ram_edges_depth",
           {{"used", result.ram_edges_depth}, {"least", result.least_ram_edges_depth}}},
          {"layers", std::move(layers)}};
}

std::string kraken_table(const KrakenResult& result) {
  TextTable table({{"layer", "", TextTable::Align::kLeft},
                   {"kernel", ""},
                   {"T", ""},
                   {"passes", ""},
                   {"clocks", "[1]"},
                   {"PE", "[%]"},
                   {"pixels", "[%]"},
                   {"weights", "[%]"},
                   {"output", "[%]"},
                   {"processor", "[%]"},
                   {"DRAM", "[words]"},
                   {"intensity", "[op/word]"},
                   {"full rate", "[GB/s]"},
                   {"bound", "", TextTable::Align::kLeft}});
  const auto row = [&](std::vector<std::string> names, const KrakenFigures& f,
                       const std::string& rate, const std::string& bound) {
    const double clocks = double(f.clocks.total());
    const auto share = [&](std::uint64_t part) { return format_percent(double(part), clocks); };
    names.insert(names.end(),
                 {fmt::to_string(f.clocks.total()), fmt::format("{:.1f}", 100 * f.efficiency),
                  share(f.clocks.pixels), share(f.clocks.weights), share(f.clocks.output),
                  share(f.clocks.processor), fmt::to_string(f.words.total()),
                  fmt::format("{:.1f}", f.intensity), rate, bound});
    table.add(std::move(names));
  };
  for (const KrakenLayerResult& each : result.layers) {
    row({each.name, each.kernel, fmt::to_string(each.iterations), fmt::to_string(each.passes)},
        each.figures, fmt::format("{:.2f}", each.pixels_gb_s + each.weights_gb_s + each.sums_gb_s),
        each.bound);
  }
  const auto total = [&](const char* name, const KrakenFigures& figures) {
    row({name, "", "", ""}, figures, "", "");
  };
  if (result.convolutions.clocks.total() > 0) total("convolutions", result.convolutions);
  total("network", result.network);
  std::string text = table.render();
  const auto line = [&](const char* name, const KrakenFigures& f) {
    text += fmt::format(
        "{:<12}  {} frames/s, {:.1f} Gops, {:.2f} % PE efficiency, {:.3f} M words "
        "({:.2f} MiB) a batch, {:.1f} op/word\n",
        name, format_rate(f.fps), f.gops, 100 * f.efficiency, double(f.words.total()) / 1e6,
        double(f.bytes) / (1 << 20), f.intensity);
  };
  text += '\n';
  if (result.convolutions.clocks.total() > 0) line("convolutions", result.convolutions);
  line("network", result.network);
  const std::uint64_t work = result.network.processor_cycles + result.processor_before;
  text += fmt::format("processor     {} clocks a batch\n", work);
  text += fmt::format("RAM depths    weights {} (least {}), edges {} (least {}) words\n",
                      result.ram_weights_depth, result.least_ram_weights_depth,
                      result.ram_edges_depth, result.least_ram_edges_depth);
  return text;
}

}  // namespace qnnsim
