// SPDX-License-Identifier: Apache-2.0
#include "sim/result_json.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/or_null.h"
#include "sim/result_text.h"
#include "version.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

/// `items`, each through `convert`; an empty list where there are none.
template <typename T, typename Convert>
Json list(const std::vector<T>& items, Convert convert) {
  Json result = Json::array();
  for (const T& item : items) result.push_back(convert(item));
  return result;
}

Json name_or_null(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

Json cycle_count(const CycleCount& count) {
  return {{"busy", count.busy}, {"starved", count.starved}, {"blocked", count.blocked}};
}

Json frame_cycles(const Result& result) {
  return {{"total", result.total_cycles},
          {"first_output", or_null(result.first_output)},
          {"latency", or_null(result.latency)},
          {"interval", or_null(result.interval)},
          {"frame_ends", result.frame_ends}};
}

Json outputs(const Result& result) {
  Json json = {{"sha256", nullptr}, {"reference_match", nullptr}, {"mismatch", nullptr}};
  if (!result.outputs) return json;
  json["sha256"] = result.outputs->sha256;
  if (result.frames_done > 0) json["reference_match"] = result.outputs->matches;
  if (!result.outputs->mismatch.empty()) json["mismatch"] = result.outputs->mismatch;
  return json;
}

Json kernel(const Result& result, const KernelResult& kernel) {
  return {{"name", kernel.name},
          {"layer", kernel.layer},
          {"kind", kernel.kind},
          {"impl", kernel.impl},
          {"cycles", cycle_count(kernel.cycles)},
          {"utilisation", kernel.utilisation},
          {"frame_interval", kernel.frame_interval},
          {"load", result.load(kernel)},
          {"beats_in", kernel.beats_in},
          {"beats_out", kernel.beats_out},
          {"macs", kernel.macs},
          {"resources", to_json(kernel.resources, result.resources, kernel.dsps)}};
}

Json fifo(const Result& result, const FifoResult& fifo) {
  return {{"name", fifo.name},
          {"from", fifo.from},
          {"to", fifo.to},
          {"width_bits", fifo.width_bits},
          {"depth", fifo.depth},
          {"max_occupancy", fifo.max_occupancy},
          {"mean_occupancy", fifo.mean_occupancy},
          {"full_cycles", fifo.full_cycles},
          {"storage_bits", fifo.storage_bits},
          {"style", name_or_null(fifo.style)},
          {"resources", to_json(fifo.resources, result.resources)},
          {"histogram", fifo.histogram.empty() ? Json(nullptr) : Json(fifo.histogram)}};
}

Json tensor(const TensorResult& tensor) {
  return {{"name", tensor.name},
          {"direction", tensor.writes ? "write" : "read"},
          {"base", tensor.base},
          {"bytes", tensor.bytes},
          {"moved_bytes", tensor.moved_bytes},
          {"bytes_per_frame", tensor.bytes_per_frame},
          {"bursts", tensor.bursts},
          {"accesses", tensor.accesses},
          {"mean_latency_ns", or_null(tensor.mean_latency_ns)},
          {"latency_histogram", tensor.latency},
          {"reader", name_or_null(tensor.reader)},
          {"starved_cycles", tensor.writes ? Json(nullptr) : Json(tensor.starved_cycles)},
          {"needs_gb_s", or_null(tensor.needs_gb_s)},
          {"gets_gb_s", or_null(tensor.gets_gb_s)}};
}

Json memory(const MemoryResult& memory) {
  const DramCounts& counts = memory.counts;
  return {{"name", memory.name},
          {"standard", memory.standard},
          {"reads", counts.reads},
          {"writes", counts.writes},
          {"bytes_read", counts.reads * memory.access_bytes},
          {"bytes_written", counts.writes * memory.access_bytes},
          {"row_hits", memory.row_hits()},
          {"row_misses", memory.row_misses()},
          {"row_conflicts", counts.conflicts},
          {"activates", counts.activates},
          {"precharges", counts.precharges},
          {"refreshes", counts.refreshes},
          {"mean_read_latency_ns", or_null(memory.mean_read_latency_ns())},
          {"read_latency_histogram", counts.read_latency},
          {"bandwidth_gb_s", memory.bandwidth_gb_s},
          {"peak_gb_s", memory.peak_gb_s},
          {"full_rate_gb_s", memory.full_rate_gb_s},
          {"utilisation", memory.utilisation},
          {"energy_nj", memory.energy.total() / 1e3},
          {"energy_parts_nj",
           {{"activate", memory.energy.activate / 1e3},
            {"read", memory.energy.read / 1e3},
            {"write", memory.energy.write / 1e3},
            {"refresh", memory.energy.refresh / 1e3},
            {"background", memory.energy.background / 1e3}}},
          {"memory_cycles", memory.memory_cycles},
          {"tensors", list(memory.tensors, tensor)}};
}

Json published_figure(const Result& result, const Published& published) {
  const Comparison comparison = compare(result, published);
  return {{"batch", published.batch},
          {"fps", published.fps},
          {"clock_mhz", published.clock_mhz},
          {"source", published.source},
          {"measured_cycles", comparison.measured_cycles},
          {"predicted_cycles", or_null(comparison.predicted_cycles)},
          {"predicted_fps", or_null(comparison.predicted_fps)},
          {"deviation_percent", or_null(comparison.deviation_percent)}};
}

Json cosim(const CosimResult& one) {
  const auto measured = [&](std::uint64_t count) {
    return one.compared ? Json(count) : Json(nullptr);
  };
  return {{"layer", one.kernel},
          {"top", one.top},
          {"beats", measured(one.beats)},
          {"data_mismatches", measured(one.data_mismatches)},
          {"cycle_mismatches", measured(one.cycle_mismatches)},
          {"worst_cycle_error", measured(one.worst_cycle_error)},
          {"first_difference",
           one.first_difference.empty() ? Json(nullptr) : Json(one.first_difference)}};
}

Json wait(const Wait& wait, bool in_circle) {
  return {{"kernel", wait.kernel},       {"state", wait.state},         {"edge", wait.edge},
          {"waits_for", wait.waits_for}, {"occupancy", wait.occupancy}, {"depth", wait.depth},
          {"since", wait.since},         {"beat", wait.beat},           {"in_circle", in_circle}};
}

Json remedy(const std::vector<DepthChange>& changes) {
  if (changes.empty()) return nullptr;
  const auto change = [](const DepthChange& change) -> Json {
    return {{"edge", change.edge}, {"from", change.from}, {"to", change.to}};
  };
  return {{"yaml", remedy_yaml(changes)}, {"changes", list(changes, change)}};
}

Json deadlock(const std::optional<Deadlock>& deadlock) {
  if (!deadlock) return nullptr;
  Json waits = Json::array();
  for (const Wait& each : deadlock->cycle_of_waits) waits.push_back(wait(each, true));
  for (const Wait& each : deadlock->others) waits.push_back(wait(each, false));
  return {{"cycle", deadlock->cycle}, {"waits", waits}, {"remedy", remedy(deadlock->remedy)}};
}

Json design_speed(const std::optional<DesignSpeed>& speed) {
  if (!speed) return nullptr;
  return {{"rtl_s", speed->rtl_seconds},
          {"engine_s", speed->engine_seconds},
          {"fast_s", speed->fast_seconds}};
}

Json host(const Result& result) {
  const double cycles = double(result.kernel_cycles());
  const bool timed = result.wall_seconds > 0;
  return {{"wall_s", result.wall_seconds},
          {"module_cycles", result.kernel_cycles()},
          {"module_cycles_per_s", timed ? Json(cycles / result.wall_seconds) : Json(nullptr)},
          {"peak_rss_mb", double(result.peak_rss_bytes) / 1e6},
          {"design", design_speed(result.design_speed)}};
}

}  // namespace

Json to_json(const CalibrationUse& use) {
  Json error;
  if (use.unmeasured.size() < use.timed.size()) {
    error = {{"points", use.error.points},
             {"held_out", use.error.held_out},
             {"beats", use.error.beats},
             {"worst_cycles", use.error.worst_cycles}};
  }
  return {{"name", use.name},   {"source", use.source},         {"error", error},
          {"timed", use.timed}, {"unmeasured", use.unmeasured}, {"own_timing", use.own_timing}};
}

Json to_json(const Result& result) {
  const auto to_kernel = [&result](const KernelResult& each) { return kernel(result, each); };
  const auto to_fifo = [&result](const FifoResult& each) { return fifo(result, each); };
  const auto to_published = [&result](const Published& each) {
    return published_figure(result, each);
  };
  return {{"schema", kResultSchema},
          {"scenario", result.scenario},
          {"platform", result.platform},
          {"engine", result.engine},
          {"data", to_string(result.data)},
          {"seed", result.seed},
          {"version", kVersion},
          {"status", to_string(result.status)},
          {"partial", result.partial()},
          {"clock_mhz", result.clock_mhz},
          {"frames", result.frames},
          {"frames_done", result.frames_done},
          {"cycles", frame_cycles(result)},
          {"fps", or_null(result.fps())},
          {"latency_us", or_null(result.latency_us())},
          {"outputs", outputs(result)},
          {"layers", list(result.kernels, to_kernel)},
          {"fifos", list(result.fifos, to_fifo)},
          {"memory", list(result.memories, memory)},
          {"memory_bytes_per_frame", or_null(result.memory_bytes_per_frame())},
          {"resources", to_json(result.resources.total, result.resources)},
          {"utilisation", utilisation_json(result.resources)},
          {"cost_model", name_or_null(result.resources.cost_model)},
          {"not_estimated", result.resources.unknown},
          {"platform_dsp", result.resources.limits.dsp},
          {"bottleneck", name_or_null(result.bottleneck)},
          {"bottleneck_reason", result.bottleneck_reason},
          {"published", list(result.published, to_published)},
          {"calibration", result.calibration ? to_json(*result.calibration) : Json(nullptr)},
          {"cosim", list(result.cosim, cosim)},
          {"notes", result.notes},
          {"warnings", result.warnings},
          {"deadlock", deadlock(result.deadlock)},
          {"kraken", result.kraken ? to_json(*result.kraken) : Json(nullptr)},
          {"host", host(result)}};
}

}  // namespace qnnsim
