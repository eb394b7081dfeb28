// SPDX-License-Identifier: Apache-2.0
#include "analysis/timing_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace qnnsim {
namespace {

/// Drives a schedule as run_kernel drives its RTL.
class TimingBench {
 public:
  TimingBench(TimedSchedule& schedule, const CalibrationPressure& pressure, const RunTrace& trace)
      : schedule_(schedule), inputs_(pressure.inputs.size()) {
    for (std::size_t i = 0; i < trace.streams.size(); ++i) {
      Stream stream;
      stream.pressure = i < inputs_ ? &pressure.inputs[i] : &pressure.outputs[i - inputs_];
      stream.offered = trace.streams[i].offered;
      streams_.push_back(stream);
    }
  }

  std::size_t inputs() const { return inputs_; }
  std::size_t streams() const { return streams_.size(); }
  /// [beats] that stream `index` has moved.
  std::uint64_t moved(std::size_t index) const { return streams_[index].moved; }
  /// Has it moved one in the cycle just stepped?
  bool moves(std::size_t index) const { return streams_[index].moves; }
  bool has_all_outputs() const {
    return std::all_of(streams_.begin() + static_cast<std::ptrdiff_t>(inputs_), streams_.end(),
                       [](const Stream& stream) { return stream.moved >= stream.offered; });
  }

  /// One clock cycle.
  void step(Cycle now) {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      Stream& stream = streams_[i];
      stream.moves = false;
      const bool is_input = i < inputs_;
      if (is_input && (stream.stands || stream.moved == stream.offered)) continue;
      stream.stands = now >= stream.next && !stream.pressure->stalls(now);
      if (is_input && stream.stands) {
        stream.next = std::max(stream.next, now) + stream.pressure->interval();
      }
    }
    World world{*this, now};
    schedule_.tick(world);
  }

 private:
  struct Stream {
    const Pressure* pressure = nullptr;
    std::uint64_t offered = 0;  ///< [beats] to an input in all
    std::uint64_t moved = 0;    ///< [beats]
    Cycle next = 0;             ///< cycle from which on a beat may be offered or accepted
    bool stands = false;        ///< a beat is offered, or would be accepted
    bool moves = false;
  };

  struct World {
    TimingBench& bench;
    Cycle now;
    bool can_pop(std::size_t input) const { return bench.streams_[input].stands; }
    bool can_push(std::size_t output) const {
      return bench.streams_[bench.inputs_ + output].stands;
    }
    void pop(std::size_t input) {
      Stream& stream = bench.streams_[input];
      stream.stands = false;
      stream.moves = true;
      ++stream.moved;
    }
    void push(std::size_t output) {
      Stream& stream = bench.streams_[bench.inputs_ + output];
      stream.moves = true;
      ++stream.moved;
      stream.next = now + stream.pressure->interval();
    }
  };

  TimedSchedule& schedule_;
  const std::size_t inputs_;
  std::vector<Stream> streams_;
};

Pressure stalls_of(Cycle first, Cycle end, Cycle period) {
  std::vector<Cycle> cycles(end - first);
  std::iota(cycles.begin(), cycles.end(), first);
  return Pressure::recorded(std::move(cycles), period);
}

}  // namespace

Cycle BeatDifference::cycle() const {
  return std::min(model.value_or(kNever), rtl.value_or(kNever));
}

std::vector<CalibrationPressure> calibration_pressures(const Kernel& kernel, std::uint64_t seed,
                                                       const std::vector<std::size_t>& steady) {
  const std::size_t inputs = kernel.inputs().size();
  const std::size_t outputs = kernel.outputs().size();
  std::vector<CalibrationPressure> pressures;
  const auto add = [&](std::string name) -> CalibrationPressure& {
    pressures.push_back(
        {std::move(name), std::vector<Pressure>(inputs), std::vector<Pressure>(outputs)});
    return pressures.back();
  };
  const auto add_random = [&](double source, double sink) {
    CalibrationPressure& pressure = add(fmt::format("random {} {}", source, sink));
    const auto draw_for = [&](const char* side, std::size_t index, double probability) {
      const std::string name = fmt::format("{}.{}.{}", pressure.name, side, index);
      return Pressure::random(probability, derive_seed(seed, name.c_str()));
    };
    for (std::size_t i = 0; i < inputs; ++i) pressure.inputs[i] = draw_for("source", i, source);
    for (std::size_t i = 0; i < outputs; ++i) pressure.outputs[i] = draw_for("sink", i, sink);
  };
  const auto fill = [](std::vector<Pressure>& sides, const Pressure& pressure) {
    std::fill(sides.begin(), sides.end(), pressure);
  };

  add("free");
  if (inputs > 0) {
    constexpr std::uint64_t kGap = 40;  // [cycles], longer than most pipelines
    add(fmt::format("gaps {}", kGap)).inputs[0] = Pressure::every(kGap);
    add("source 3").inputs[0] = Pressure::every(3);
  }
  if (inputs > 1) {
    CalibrationPressure& late = add("others 3");
    fill(late.inputs, Pressure::every(3));
    late.inputs[0] = Pressure();
  }
  if (outputs > 0) {
    constexpr Cycle kMostBlocked = 4096;  // of what a kernel may take to fill up
    constexpr Cycle kMargin = 256;
    const Cycle blocked = std::min<Cycle>(2 * kernel.frame_interval(), kMostBlocked) + kMargin;
    fill(add("sink 3").outputs, Pressure::every(3));
    fill(add("bursts 7 of 16").outputs, stalls_of(3, 10, 16));
    fill(add(fmt::format("blocked {}", blocked)).outputs, stalls_of(0, blocked, 0));
  }
  add_random(0.3, 0.3);
  add_random(0.6, 0.1);
  add_random(0.1, 0.6);
  for (CalibrationPressure& pressure : pressures) {
    for (std::size_t input : steady) pressure.inputs[input] = Pressure();
  }
  return pressures;
}

std::optional<BeatDifference> first_difference(TimedSchedule& schedule,
                                               const CalibrationPressure& pressure,
                                               const RunTrace& trace, Cycle tolerance, Cycle end) {
  TimingBench bench(schedule, pressure, trace);
  for (Cycle now = 0; now < std::min(trace.cycles, end); ++now) {
    bench.step(now);
    for (std::size_t i = 0; i < bench.streams(); ++i) {
      const std::vector<Cycle>& rtl = trace.streams[i].moved;
      const std::uint64_t moved = bench.moved(i);
      if (bench.moves(i)) {
        const std::uint64_t beat = moved - 1;
        const bool is_known = beat < rtl.size();
        if ((is_known ? rtl[beat] : trace.cycles) > now + tolerance) {
          return BeatDifference{i, beat, now, is_known ? std::optional(rtl[beat]) : std::nullopt};
        }
      }
      if (moved < rtl.size() && rtl[moved] + tolerance <= now) {
        return BeatDifference{i, moved, std::nullopt, rtl[moved]};
      }
    }
  }
  return std::nullopt;
}

RunTrace simulate_beats(TimedSchedule& schedule, const CalibrationPressure& pressure,
                        const RunTrace& trace, Cycle more) {
  TimingBench bench(schedule, pressure, trace);
  RunTrace run = trace;
  for (StreamTrace& stream : run.streams) stream.moved.clear();
  for (run.cycles = 0; run.cycles < trace.cycles + more && !bench.has_all_outputs(); ++run.cycles) {
    bench.step(run.cycles);
    for (std::size_t i = 0; i < bench.streams(); ++i) {
      if (bench.moves(i)) run.streams[i].moved.push_back(run.cycles);
    }
  }
  run.status = bench.has_all_outputs() ? "done" : "stuck";
  return run;
}

std::optional<BeatDifference> compare(const RunTrace& model, const RunTrace& rtl) {
  std::optional<BeatDifference> first;
  for (std::size_t i = 0; i < rtl.streams.size(); ++i) {
    const std::vector<Cycle>& a = model.streams[i].moved;
    const std::vector<Cycle>& b = rtl.streams[i].moved;
    const auto [at, unused] =
        std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin());
    (void)unused;
    const auto beat = static_cast<std::uint64_t>(at - a.begin());
    BeatDifference difference{i, beat, std::nullopt, std::nullopt};
    if (beat < a.size()) difference.model = a[beat];
    if (beat < b.size()) difference.rtl = b[beat];
    const bool differs = difference.cycle() < std::min(model.cycles, rtl.cycles);
    if (differs && (!first || difference.cycle() < first->cycle())) first = difference;
  }
  return first;
}

}  // namespace qnnsim
