// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/kernel_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/or_null.h"
#include "sim/result_text.h"
#include "sim/text_lines.h"
#include "sim/text_table.h"
#include "version.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kLeft = TextTable::Align::kLeft;

const char* direction(const StreamRecord& stream) { return stream.is_input ? "input" : "output"; }

/// "20 of 100"; "20" where they are not counted.
std::string progress(const StreamRecord& stream) {
  const std::string beats = fmt::to_string(stream.beats.size());
  return stream.wanted ? fmt::format("{} of {}", beats, *stream.wanted) : beats;
}

/// [cycles] between beats on average; nothing below two of them.
std::optional<double> interval(const StreamRecord& stream) {
  if (stream.beats.size() < 2) return std::nullopt;
  const Cycle span = stream.beats.back().moved - stream.beats.front().moved;
  return double(span) / double(stream.beats.size() - 1);
}

/// [cycles] in which a beat stood and was not taken.
std::uint64_t stalled_cycles(const StreamRecord& stream) {
  std::uint64_t cycles = 0;
  for (const Beat& beat : stream.beats) cycles += beat.moved - beat.offered;
  return cycles;
}

/// What a stream of a stuck kernel waits for.
std::string wait_of(const StreamRecord& stream) {
  if (stream.standing) {
    return fmt::format("beat {} is offered since cycle {}, but ready stays low",
                       stream.beats.size(), *stream.standing);
  }
  if (stream.is_complete()) return "has all its beats";
  if (stream.is_input) return "is not offered a beat";
  return fmt::format("beat {} does not come: ready is {}, valid stays low", stream.beats.size(),
                     stream.ready ? "high" : "low");
}

/// "ap_clk2x = 0, mode = 5".
std::string constants(const KernelRun& run) {
  std::vector<std::string> texts;
  for (const RtlPin& pin : run.ports.idle_inputs) {
    const auto constant = run.constants.find(pin.name);
    const std::uint64_t value = constant == run.constants.end() ? 0 : constant->second;
    texts.push_back(fmt::format("{} = {}", pin.name, value));
  }
  return join(texts);
}

/// Writes one run, section by section.
class KernelWriter : private TextLines {
 public:
  KernelWriter(const KernelRun& run, std::size_t most_beats) : run_(run), most_beats_(most_beats) {}

  std::string write() {
    write_header();
    write_streams();
    write_beats();
    write_end();
    return std::move(text_);
  }

 private:
  void write_header() {
    const RtlPorts& ports = run_.ports;
    line("kernel      {}, module {}", run_.kernel, run_.top);
    line("clock       {}{}", ports.clock,
         run_.clock_mhz ? fmt::format(", {} MHz", *run_.clock_mhz) : "");
    if (!ports.reset.empty()) {
      line("reset       {}, active {}", ports.reset, ports.reset_active_low ? "low" : "high");
    }
    if (!ports.idle_inputs.empty()) line("constant    {}", constants(run_));
    line("run         seed {}, qnnsim {}", run_.seed, kVersion);
    if (run_.cycles == 0) return;
    line("total       {} cycles{}: {}", run_.cycles,
         run_.clock_mhz ? ", " + format_duration(double(run_.cycles) / *run_.clock_mhz) : "",
         to_string(run_.status));
  }

  void write_streams() {
    TextTable table({{"stream", "", kLeft},
                     {"", "", kLeft},
                     {"width", "[bits]"},
                     {"beats", ""},
                     {"first", "[cycle]"},
                     {"last", "[cycle]"},
                     {"interval", "[cycles/beat]"},
                     {"not ready", "[cycles]"}});
    for (const StreamRecord& stream : run_.streams) {
      const auto cycle = [&](auto beat) {
        return stream.beats.empty() ? "-" : fmt::to_string(beat(stream.beats).moved);
      };
      const auto mean = interval(stream);
      table.add({stream.name, direction(stream), fmt::to_string(stream.width_bits),
                 progress(stream), cycle([](const auto& beats) { return beats.front(); }),
                 cycle([](const auto& beats) { return beats.back(); }),
                 mean ? fmt::format("{:.2f}", *mean) : "-",
                 fmt::to_string(stalled_cycles(stream))});
    }
    line("\nstreams");
    text_ += table.render();
  }

  void write_beats() {
    std::size_t most = 0;
    std::vector<TextTable::Column> columns = {{"beat", ""}};
    for (const StreamRecord& stream : run_.streams) {
      most = std::max(most, stream.beats.size());
      columns.push_back({stream.name, "[cycle]"});
    }
    if (most == 0) return;
    TextTable table(std::move(columns));
    for (std::size_t i = 0; i < std::min(most, most_beats_); ++i) table.add(beat_row(i));
    line("\nwhen each beat moved; 3-7: offered in cycle 3, taken in cycle 7");
    text_ += table.render();
    if (most > most_beats_) {
      line("  ... {} more: --beats FILE writes all", most - most_beats_);
    }
  }

  std::vector<std::string> beat_row(std::size_t index) const {
    std::vector<std::string> row = {fmt::to_string(index)};
    for (const StreamRecord& stream : run_.streams) {
      row.emplace_back();
      if (index >= stream.beats.size()) continue;
      const Beat& beat = stream.beats[index];
      row.back() = beat.offered == beat.moved ? fmt::to_string(beat.moved)
                                              : fmt::format("{}-{}", beat.offered, beat.moved);
    }
    return row;
  }

  void write_end() {
    if (run_.status == RunStatus::kDeadlock) {
      line(
          "\nerror: the kernel is stuck: in the last {} cycles no stream that waits for beats has "
          "had one",
          run_.timeout_cycles);
      for (const StreamRecord& stream : run_.streams) {
        line("  {}: {}", stream.name, wait_of(stream));
      }
      line(
          "  hint: are clock, reset and constants right, are these all beats it needs? A kernel "
          "that computes for longer needs a larger stimulus.timeout_cycles");
    }
    if (run_.status == RunStatus::kDisagreement) {
      line("\nerror: the RTL ended itself in cycle {} ($finish, $stop, $fatal or an assertion)",
           run_.cycles - 1);
    }
    if (!run_.said.empty()) line("\nthe RTL printed\n{}", run_.said);
    for (const StreamRecord& stream : run_.streams) {
      if (stream.broken_rule.empty()) continue;
      line("\nwarning: {} does not keep to AXI-Stream: {}", stream.name, stream.broken_rule);
    }
  }

  const KernelRun& run_;
  const std::size_t most_beats_;
};

Json stream_json(const StreamRecord& stream) {
  Json beats = Json::array();
  for (std::size_t i = 0; i < stream.beats.size(); ++i) {
    beats.push_back({{"offered_cycle", stream.beats[i].offered},
                     {"xfer_cycle", stream.beats[i].moved},
                     {"data", stream.data(i)}});
  }
  return {{"name", stream.name},
          {"direction", direction(stream)},
          {"width_bits", stream.width_bits},
          {"beats_wanted", or_null(stream.wanted)},
          {"beats_moved", stream.beats.size()},
          {"interval", or_null(interval(stream))},
          {"stalled_cycles", stalled_cycles(stream)},
          {"standing_since", or_null(stream.standing)},
          {"broken_rule", stream.broken_rule.empty() ? Json(nullptr) : Json(stream.broken_rule)},
          {"beats", std::move(beats)}};
}

}  // namespace

std::string kernel_table(const KernelRun& run, std::size_t most_beats) {
  return KernelWriter(run, most_beats).write();
}

nlohmann::ordered_json to_json(const KernelRun& run) {
  Json streams = Json::array();
  for (const StreamRecord& stream : run.streams) streams.push_back(stream_json(stream));
  return {{"schema", 1},
          {"kernel", run.kernel},
          {"top", run.top},
          {"seed", run.seed},
          {"version", kVersion},
          {"status", to_string(run.status)},
          {"clock_mhz", or_null(run.clock_mhz)},
          {"clock", run.ports.clock},
          {"reset", run.ports.reset.empty() ? Json(nullptr) : Json(run.ports.reset)},
          {"reset_active_low", run.ports.reset_active_low},
          {"cycles", run.cycles},
          {"streams", std::move(streams)},
          {"said", run.said}};
}

std::string beats_csv(const KernelRun& run) {
  std::string text = "port,index,offered_cycle,xfer_cycle,data\n";
  for (const StreamRecord& stream : run.streams) {
    for (std::size_t i = 0; i < stream.beats.size(); ++i) {
      text += fmt::format("{},{},{},{},{}\n", stream.name, i, stream.beats[i].offered,
                          stream.beats[i].moved, stream.data(i));
    }
  }
  return text;
}

}  // namespace qnnsim
