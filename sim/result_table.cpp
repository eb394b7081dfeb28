// SPDX-License-Identifier: Apache-2.0
#include "sim/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/diagnostics.h"
#include "sim/result_text.h"
#include "sim/text_lines.h"
#include "sim/text_table.h"
#include "version.h"

namespace qnnsim {
namespace {

constexpr std::size_t kKernelsShown = 25;
constexpr std::size_t kFifosShown = 10;
constexpr std::size_t kWaitsShown = 10;
constexpr std::size_t kNotesShown = 5;
constexpr auto kLeft = TextTable::Align::kLeft;

/// The items that `keep` takes, those with the greatest `rank` first, equal ones in their order.
template <typename T, typename Rank, typename Keep>
std::vector<const T*> ranked(const std::vector<T>& items, Rank rank, Keep keep) {
  std::vector<const T*> sorted;
  for (const T& item : items) {
    if (keep(item)) sorted.push_back(&item);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&rank](const T* a, const T* b) { return rank(*a) > rank(*b); });
  return sorted;
}

/// Writes one result, section by section.
class ResultWriter : private TextLines {
 public:
  ResultWriter(const Result& result, const TableOptions& options)
      : result_(result), options_(options), paint_(options.colour) {}

  std::string write() {
    write_header();
    write_times();
    write_kraken();
    write_kernels();
    write_fifos();
    write_resources();
    write_memories();
    write_published();
    write_cosim();
    write_deadlock();
    write_notes();
    for (const std::string& warning : result_.warnings) {
      line("\n{} {}", paint_.warning("warning:"), warning);
    }
    return std::move(text_);
  }

 private:
  void write_header() {
    line("scenario    {}", result_.scenario);
    line("platform    {}, {} MHz", result_.platform, result_.clock_mhz);
    if (result_.calibration) line("timing      {}", calibration_text(*result_.calibration));
    line("engine      {}, data: {}, seed {}, qnnsim {}", result_.engine, to_string(result_.data),
         result_.seed, kVersion);
    const std::string frames = fmt::format("{} of {}", result_.frames_done, result_.frames);
    if (result_.partial()) {
      line("frames      {}: {}", frames,
           paint_.error(fmt::format("{}, the figures are partial", to_string(result_.status))));
    } else {
      line("frames      {}", frames);
    }
  }

  void write_times() {
    text_ += '\n';
    write_time("latency", result_.latency, "first beat of frame 0 in to its last beat out",
               "no frame is complete");
    write_time("interval", result_.interval, "between the ends of the last two frames",
               "needs two complete frames");
    if (const auto fps = result_.fps()) line("throughput  {} frames/s", format_rate(*fps));
    write_time("total", result_.total_cycles, "", "");
    if (result_.outputs && result_.frames_done > 0) {
      line("output      {}, sha256 {}",
           result_.outputs->matches ? "equals the reference"
                                    : paint_.error("differs from the reference"),
           result_.outputs->sha256);
    }
  }

  void write_time(std::string_view name, std::optional<std::uint64_t> cycles,
                  std::string_view meaning, std::string_view if_unknown) {
    if (!cycles) return line("{:<11} unknown: {}", name, if_unknown);
    const std::string duration = format_duration(double(*cycles) / result_.clock_mhz);
    if (meaning.empty()) return line("{:<11} {} cycles, {}", name, *cycles, duration);
    line("{:<11} {} cycles, {} ({})", name, *cycles, duration, meaning);
  }

  void heading(const std::string& title) { line("\n{}", paint_.bold(title)); }

  void write_kraken() {
    if (!result_.kraken) return;
    const KrakenResult& engine = *result_.kraken;
    heading(fmt::format("Kraken engine, {} x {} elements, profile {}, batch {}: layers",
                        engine.rows, engine.columns, engine.profile, engine.batch));
    text_ += kraken_table(engine);
  }

  void write_kernels() {
    const auto load = [this](const KernelResult& kernel) { return result_.load(kernel); };
    const auto kernels = ranked(result_.kernels, load, [](const KernelResult&) { return true; });
    TextTable table({{"kernel", "", kLeft},
                     {"busy", "[cycles]"},
                     {"busy", "[%]"},
                     {"starved", "[%]"},
                     {"blocked", "[%]"},
                     {"closed form", "[cycles/frame]"},
                     {"load", "[%]"},
                     {"DSP", ""},
                     {"", "", kLeft}});
    const std::size_t shown = options_.all_layers ? kernels.size() : kKernelsShown;
    for (std::size_t i = 0; i < std::min(shown, kernels.size()); ++i) {
      table.add(kernel_row(*kernels[i]));
    }
    heading(result_.interval ? "kernels, busiest first (load: closed form / interval)"
                             : "kernels, busiest first (load: of the whole run)");
    text_ += table.render();
    write_rest(kernels.size(), shown, "kernels");
    if (!result_.bottleneck_reason.empty()) {
      line("\nbottleneck  {}", paint_.bold(result_.bottleneck_reason));
    }
  }

  void write_resources() {
    const ResourceUse& use = result_.resources;
    if (use.cost_model.empty()) return;
    TextTable table(
        {{"", "", kLeft}, {"LUT", ""}, {"FF", ""}, {"DSP", ""}, {"BRAM18", ""}, {"URAM", ""}});
    const auto row = [&](const std::string& name, const Resources& resources) {
      std::vector<std::string> cells = {name};
      for (const ResourceKind& kind : kResourceKinds) {
        cells.push_back(use.knows(kind) ? fmt::to_string(resources.*kind.count) : "-");
      }
      table.add(std::move(cells));
    };
    row("kernels", sum(result_.kernels));
    row("FIFOs", sum(result_.fifos));
    row("together", use.total);
    row(result_.platform, use.limits);
    std::vector<std::string> shares = {"utilisation [%]"};
    for (const ResourceKind& kind : kResourceKinds) {
      const auto share = use.utilisation(kind);
      shares.push_back(share ? format_percent(*share, 1) : "-");
    }
    table.add(std::move(shares));
    heading(fmt::format("resources, estimated (cost model: {})", use.cost_model));
    text_ += table.render();
    if (!use.unknown.empty()) {
      line("  without what it does not know: {}", join(use.unknown));
    }
  }

  template <typename T>
  static Resources sum(const std::vector<T>& items) {
    Resources sum;
    for (const T& item : items) sum += item.resources.value_or(Resources{});
    return sum;
  }

  std::vector<std::string> kernel_row(const KernelResult& kernel) const {
    const CycleCount& count = kernel.cycles;
    const double total = double(count.total());
    return {kernel.name,
            fmt::to_string(count.busy),
            format_percent(double(count.busy), total),
            format_percent(double(count.starved), total),
            format_percent(double(count.blocked), total),
            fmt::to_string(kernel.frame_interval),
            format_percent(result_.load(kernel), 1),
            fmt::to_string(kernel.dsps),
            kernel.name == result_.bottleneck ? "<- bottleneck" : ""};
  }

  void write_rest(std::size_t all, std::size_t shown, std::string_view what) {
    if (all > shown) line("  ... {} more {}: --all-layers prints them", all - shown, what);
  }

  void write_fifos() {
    const auto full = [](const FifoResult& fifo) {
      return std::make_pair(fifo.full_cycles, fifo.mean_occupancy);
    };
    const auto fifos = ranked(result_.fifos, full, [this](const FifoResult& fifo) {
      return options_.all_layers || fifo.full_cycles > 0;
    });
    heading(fifos.empty()
                ? fmt::format("FIFOs: none of {} was ever full", result_.fifos.size())
                : fmt::format("FIFOs, longest full first ({} in all)", result_.fifos.size()));
    if (fifos.empty()) return;
    TextTable table({{"FIFO", "", kLeft},
                     {"width", "[bits]"},
                     {"depth", "[beats]"},
                     {"max", "[beats]"},
                     {"mean", "[beats]"},
                     {"full", "[%]"}});
    const std::size_t shown = options_.all_layers ? fifos.size() : kFifosShown;
    for (std::size_t i = 0; i < std::min(shown, fifos.size()); ++i) table.add(fifo_row(*fifos[i]));
    text_ += table.render();
    write_rest(fifos.size(), shown, "FIFOs were full at times");
  }

  std::vector<std::string> fifo_row(const FifoResult& fifo) const {
    return {fifo.name,
            fmt::to_string(fifo.width_bits),
            fmt::to_string(fifo.depth),
            fmt::to_string(fifo.max_occupancy),
            fmt::format("{:.2f}", fifo.mean_occupancy),
            format_percent(double(fifo.full_cycles), double(result_.total_cycles))};
  }

  void write_memories() {
    if (result_.memories.empty()) return;
    TextTable table({{"memory", "", kLeft},
                     {"reads", "[bursts]"},
                     {"writes", "[bursts]"},
                     {"hits", "[%]"},
                     {"misses", "[%]"},
                     {"conflicts", "[%]"},
                     {"REF", ""},
                     {"read latency", "[ns]"},
                     {"bandwidth", "[GB/s]"},
                     {"peak", "[GB/s]"},
                     {"data bus", "[%]"},
                     {"energy", "[uJ]"}});
    for (const MemoryResult& memory : result_.memories) table.add(memory_row(memory));
    heading("memories (bursts of the DRAM)");
    text_ += table.render();
    TextTable tensors({{"tensor", "", kLeft},
                       {"in", "", kLeft},
                       {"base", ""},
                       {"per frame", "[bytes]"},
                       {"accesses", "[bursts]"},
                       {"AXI bursts", ""},
                       {"latency", "[ns]"},
                       {"for", "", kLeft},
                       {"needs", "[GB/s]"},
                       {"gets", "[GB/s]"},
                       {"starved", "[%]"}});
    for (const MemoryResult& memory : result_.memories) {
      for (const TensorResult& tensor : memory.tensors) tensors.add(tensor_row(memory, tensor));
    }
    heading("tensors in memory (starved: the kernel waited for nothing but memory)");
    text_ += tensors.render();
  }

  static std::vector<std::string> memory_row(const MemoryResult& memory) {
    const double accesses = double(memory.counts.reads + memory.counts.writes);
    const auto latency = memory.mean_read_latency_ns();
    return {memory.name + ": " + memory.standard,
            fmt::to_string(memory.counts.reads),
            fmt::to_string(memory.counts.writes),
            format_percent(double(memory.row_hits()), accesses),
            format_percent(double(memory.row_misses()), accesses),
            format_percent(double(memory.counts.conflicts), accesses),
            fmt::to_string(memory.counts.refreshes),
            latency ? fmt::format("{:.1f}", *latency) : "-",
            fmt::format("{:.3f}", memory.bandwidth_gb_s),
            fmt::format("{:.2f}", memory.peak_gb_s),
            format_percent(memory.utilisation, 1),
            fmt::format("{:.1f}", memory.energy.total() / 1e6)};
  }

  std::vector<std::string> tensor_row(const MemoryResult& memory,
                                      const TensorResult& tensor) const {
    const auto number = [](const char* format, const std::optional<double>& value) {
      return value ? fmt::format(fmt::runtime(format), *value) : "-";
    };
    return {tensor.name,
            memory.name,
            fmt::format("{:#x}", tensor.base),
            fmt::format("{:.0f}", tensor.bytes_per_frame),
            fmt::to_string(tensor.accesses),
            fmt::to_string(tensor.bursts),
            number("{:.0f}", tensor.mean_latency_ns),
            tensor.reader.empty() ? "-" : tensor.reader,
            number("{:.2f}", tensor.needs_gb_s),
            number("{:.2f}", tensor.gets_gb_s),
            tensor.writes
                ? "-"
                : format_percent(double(tensor.starved_cycles), double(result_.total_cycles))};
  }

  void write_published() {
    if (result_.published.empty()) return;
    TextTable table({{"batch", "[frames]"},
                     {"clock", "[MHz]"},
                     {"measured", "[frames/s]"},
                     {"measured", "[cycles]"},
                     {"predicted", "[cycles]"},
                     {"deviation", "[%]"},
                     {"source", "", kLeft}});
    for (const Published& published : result_.published) {
      table.add(published_row(published, compare(result_, published)));
    }
    heading("published figures, and the prediction for the same batch");
    text_ += table.render();
  }

  static std::vector<std::string> published_row(const Published& published,
                                                const Comparison& comparison) {
    const auto number = [](const char* format, const std::optional<double>& value) {
      return value ? fmt::format(fmt::runtime(format), *value) : "-";
    };
    return {fmt::to_string(published.batch),
            fmt::format("{}", published.clock_mhz),
            format_rate(published.fps),
            fmt::format("{:.0f}", comparison.measured_cycles),
            number("{:.0f}", comparison.predicted_cycles),
            number("{:+.1f}", comparison.deviation_percent),
            published.source};
  }

  void write_cosim() {
    if (result_.cosim.empty()) return;
    const auto disagrees = [](const CosimResult& one) { return !one.first_difference.empty(); };
    const auto kernels = ranked(result_.cosim, disagrees, [](const CosimResult&) { return true; });
    TextTable table({{"kernel", "", kLeft},
                     {"module", "", kLeft},
                     {"compared", "[beats]"},
                     {"other data", "[beats]"},
                     {"other cycle", "[beats]"},
                     {"worst", "[cycles]"}});
    const std::size_t shown = options_.all_layers ? kernels.size() : kKernelsShown;
    for (std::size_t i = 0; i < std::min(shown, kernels.size()); ++i) {
      table.add(cosim_row(*kernels[i]));
    }
    heading(result_.design_speed
                ? "model and RTL (the whole design)"
                : fmt::format("model and RTL ({} kernels in RTL)", result_.cosim.size()));
    text_ += table.render();
    write_rest(kernels.size(), shown, "kernels in RTL");
    if (result_.design_speed) write_speed(*result_.design_speed);
    for (const CosimResult& one : result_.cosim) {
      if (disagrees(one)) line("\n{} {}", paint_.error("disagreement:"), one.first_difference);
    }
  }

  void write_speed(const DesignSpeed& speed) {
    const auto times = [&](double seconds) {
      return fmt::format("{:.3g} s, {:.3g} times as fast", seconds, speed.rtl_seconds / seconds);
    };
    line("the verilated design took {:.3g} s; {} with values {}; the fast engine {}",
         speed.rtl_seconds, result_.engine == "fast" ? "the cycle loop" : "SystemC",
         times(speed.engine_seconds), times(speed.fast_seconds));
  }

  static std::vector<std::string> cosim_row(const CosimResult& one) {
    if (!one.compared) return {one.kernel, one.top, "no model", "-", "-", "-"};
    return {one.kernel,
            one.top,
            fmt::to_string(one.beats),
            fmt::to_string(one.data_mismatches),
            fmt::to_string(one.cycle_mismatches),
            fmt::to_string(one.worst_cycle_error)};
  }

  void write_deadlock() {
    if (!result_.deadlock) return;
    const Deadlock& deadlock = *result_.deadlock;
    line("\n{} nothing moves from cycle {} on", paint_.error("deadlock:"), deadlock.cycle);
    if (!deadlock.cycle_of_waits.empty()) {
      text_ += "these kernels wait for each other in a circle\n";
      write_waits(deadlock.cycle_of_waits, deadlock.cycle_of_waits.size());
      if (!deadlock.others.empty()) text_ += "and these behind them\n";
    }
    const std::size_t shown = options_.all_layers ? deadlock.others.size() : kWaitsShown;
    write_waits(deadlock.others, shown);
    write_rest(deadlock.others.size(), shown, "kernels that wait");
    if (deadlock.remedy_sought) {
      write_remedy(deadlock.remedy);
    } else {
      line(
          "{} not sought while tensors are in memory or kernels have the timing of a calibration; "
          "without 'tensors' and 'kernels' it is",
          paint_.bold("remedy:"));
    }
  }

  void write_waits(const std::vector<Wait>& waits, std::size_t shown) {
    if (waits.empty()) return;
    TextTable table({{"kernel", "", kLeft},
                     {"is", "", kLeft},
                     {"by FIFO", "", kLeft},
                     {"holds", "[beats]"},
                     {"depth", "[beats]"},
                     {"since", "[cycle]"},
                     {"at beat", ""}});
    for (std::size_t i = 0; i < std::min(shown, waits.size()); ++i) {
      const Wait& wait = waits[i];
      table.add({wait.kernel, wait.state, wait.edge, fmt::to_string(wait.occupancy),
                 fmt::to_string(wait.depth), fmt::to_string(wait.since),
                 fmt::to_string(wait.beat)});
    }
    text_ += table.render();
  }

  void write_remedy(const std::vector<DepthChange>& changes) {
    if (changes.empty()) {
      line("{} none: no FIFO depths free it", paint_.bold("remedy:"));
      return;
    }
    line("{} the smallest change of depths that frees it, for the scenario file\n{}",
         paint_.bold("remedy:"), remedy_yaml(changes));
  }

  void write_notes() {
    if (result_.notes.empty()) return;
    text_ += '\n';
    const std::size_t shown = options_.all_layers ? result_.notes.size() : kNotesShown;
    for (std::size_t i = 0; i < std::min(shown, result_.notes.size()); ++i) {
      line("note: {}", result_.notes[i]);
    }
    write_rest(result_.notes.size(), shown, "notes");
  }

  const Result& result_;
  const TableOptions options_;
  const Paint paint_;
};

}  // namespace

std::string result_table(const Result& result, const TableOptions& options) {
  return ResultWriter(result, options).write();
}

}  // namespace qnnsim
