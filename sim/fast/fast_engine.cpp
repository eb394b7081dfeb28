// SPDX-License-Identifier: Apache-2.0
#include "sim/fast/fast_engine.h"

#include <deque>
#include <utility>

namespace qnnsim {
namespace {

using Times = BeatTimes<PlainTime, true>;

/// The counts up to cycle `last`, all of whose events have been computed.
RunCounts counts_until(const StreamGraph& graph, const Times& times, std::int64_t last) {
  RunCounts counts;
  counts.cycles = static_cast<Cycle>(last + 1);
  for (std::size_t i = 0; i < graph.schedules.size(); ++i) {
    counts.kernels.push_back(times.count(static_cast<int>(i), last));
  }
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    counts.fifos.push_back({times.statistics(i, last), times.beats_in(i), times.beats_out(i)});
  }
  return counts;
}

/// Everything as it was at the end of a frame: what later frames depend on, and what was counted.
struct Cut {
  std::uint64_t frames = 0;
  std::int64_t last = 0;            ///< latest edge at which anything moved
  std::vector<std::int64_t> state;  ///< BeatTimes::state, relative to `last`
  RunCounts counts;
};

Cut cut(const StreamGraph& graph, const Times& times, std::uint64_t frames) {
  Cut cut;
  cut.frames = frames;
  cut.last = times.last_move();
  cut.state = times.state(cut.last);
  cut.counts = counts_until(graph, times, cut.last);
  return cut;
}

/// Adds `periods` times what was counted from `first` to `second`.
void repeat(RunCounts& counts, const Cut& first, const Cut& second, std::uint64_t periods) {
  const auto grow = [&](std::uint64_t& value, std::uint64_t from, std::uint64_t to) {
    value += periods * (to - from);
  };
  const RunCounts& a = first.counts;
  const RunCounts& b = second.counts;
  const auto cycles = static_cast<std::uint64_t>(second.last - first.last);
  counts.cycles += periods * cycles;
  for (std::size_t i = 0; i < counts.kernels.size(); ++i) {
    grow(counts.kernels[i].busy, a.kernels[i].busy, b.kernels[i].busy);
    grow(counts.kernels[i].starved, a.kernels[i].starved, b.kernels[i].starved);
    grow(counts.kernels[i].blocked, a.kernels[i].blocked, b.kernels[i].blocked);
  }
  for (std::size_t i = 0; i < counts.fifos.size(); ++i) {
    const FifoCounts& from = a.fifos[i];
    const FifoCounts& to = b.fifos[i];
    FifoCounts& fifo = counts.fifos[i];
    grow(fifo.beats_in, from.beats_in, to.beats_in);
    grow(fifo.beats_out, from.beats_out, to.beats_out);
    grow(fifo.statistics.occupancy_cycles, from.statistics.occupancy_cycles,
         to.statistics.occupancy_cycles);
    grow(fifo.statistics.full_cycles, from.statistics.full_cycles, to.statistics.full_cycles);
    for (std::size_t j = 0; j < to.statistics.histogram.size(); ++j) {
      const std::vector<std::uint64_t>& before = from.statistics.histogram;
      grow(fifo.statistics.histogram[j], j < before.size() ? before[j] : 0,
           to.statistics.histogram[j]);
    }
  }
}

/// A run in which whole periods may be left out.
class FastRun {
 public:
  FastRun(const StreamGraph& graph, const FastOptions& options)
      : graph_(graph), options_(options), times_(graph) {
    if (options.occupancy_histogram) times_.record_histograms();
    times_.reset(graph.depths());
  }

  RunCounts run() {
    while (fed_ < graph_.frames - skipped_frames()) {
      if (options_.stop != nullptr && options_.stop->load()) return finish(RunStatus::kInterrupted);
      times_.feed(1);
      ++fed_;
      if (!times_.has_flown()) {
        // A kernel may wait for the next frame: it works on some at once.
        if (fed_ < graph_.frames - skipped_frames()) continue;
        if (periods_ == 0) return stand_still();
        forget_periods();
        continue;
      }
      if (options_.progress) options_.progress(frame_ends());
      if (periods_ == 0 && may_skip_ && graph_.is_periodic()) look_for_period();
    }
    return finish(RunStatus::kDone);
  }

 private:
  static constexpr std::size_t kLongestPeriod = 4;  ///< [frames]

  std::uint64_t skipped_frames() const {
    return periods_ == 0 ? 0 : periods_ * (second_.frames - first_.frames);
  }

  /// Begins anew without leaving anything out: the frames end within a period.
  void forget_periods() {
    may_skip_ = false;
    periods_ = fed_ = 0;
    times_.reset(graph_.depths());
  }

  void look_for_period() {
    // Worth the while only if a frame could be left out.
    if (fed_ + 1 >= graph_.frames) return;
    Cut now = cut(graph_, times_, fed_);
    for (const Cut& earlier : cuts_) {
      if (earlier.state != now.state) continue;
      first_ = earlier;
      second_ = std::move(now);
      periods_ = (graph_.frames - fed_) / (second_.frames - first_.frames);
      return;
    }
    cuts_.push_front(std::move(now));
    if (cuts_.size() > kLongestPeriod) cuts_.pop_back();
  }

  /// With the frames that were left out.
  std::vector<Cycle> frame_ends() const {
    std::vector<Cycle> ends;
    for (const PlainTime& end : times_.frame_ends()) {
      ends.push_back(static_cast<Cycle>(end.cycle()));
    }
    if (periods_ == 0) return ends;
    // What was left out lies behind the second cut, and repeats what is between the two.
    std::vector<Cycle> all(ends.begin(), ends.begin() + static_cast<long>(second_.frames));
    const std::uint64_t frames = second_.frames - first_.frames;
    const auto cycles = static_cast<Cycle>(second_.last - first_.last);
    for (std::uint64_t i = 0; i < skipped_frames(); ++i) {
      all.push_back(all[all.size() - frames] + cycles);
    }
    for (std::size_t i = second_.frames; i < ends.size(); ++i) {
      all.push_back(ends[i] + periods_ * cycles);
    }
    return all;
  }

  RunCounts finish(RunStatus status) {
    const bool done = status == RunStatus::kDone;
    const std::int64_t last =
        done ? times_.frame_ends().back().cycle() : std::max<std::int64_t>(times_.last_move(), 0);
    if (times_.last_move() > last) {
      // The run ends with the sink's last beat: what came later does not happen.
      times_.set_horizon(last);
      times_.reset(graph_.depths());
      times_.feed(fed_);
    }
    RunCounts counts = counts_until(graph_, times_, last);
    if (periods_ > 0) repeat(counts, first_, second_, periods_);
    counts.status = status;
    add_ends(counts);
    return counts;
  }

  RunCounts stand_still() {
    times_.feed(graph_.frames - fed_);  // the source knows nothing of it yet
    const Standstill standstill = standstill_of(graph_, times_);
    RunCounts counts =
        counts_until(graph_, times_, static_cast<std::int64_t>(standstill.cycle) - 1);
    counts.status = RunStatus::kDeadlock;
    counts.standstill = standstill;
    add_ends(counts);
    return counts;
  }

  void add_ends(RunCounts& counts) const {
    counts.frame_ends = frame_ends();
    if (times_.first_accepted() >= 0) {
      counts.first_accepted = static_cast<Cycle>(times_.first_accepted());
    }
    if (times_.first_output() >= 0) {
      counts.first_output = static_cast<Cycle>(times_.first_output());
    }
  }

  const StreamGraph& graph_;
  const FastOptions& options_;
  Times times_;
  std::uint64_t fed_ = 0;  ///< [frames]
  std::deque<Cut> cuts_;
  bool may_skip_ = true;
  std::uint64_t periods_ = 0;  ///< left out, each like what lies between the two cuts
  Cut first_;
  Cut second_;
};

}  // namespace

RunCounts run_fast(const StreamGraph& graph, const FastOptions& options) {
  return FastRun(graph, options).run();
}

}  // namespace qnnsim
