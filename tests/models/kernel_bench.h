// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/fifo.h"
#include "models/kernel.h"
#include "models/sink.h"
#include "models/source.h"
#include "tests/models/draw.h"

namespace qnnsim::test {

/// Order in which the kernels of a cycle are evaluated; kShuffled draws a new one every cycle.
enum class Order { kForward, kReverse, kShuffled };

/// A FIFO deeper than any test fills.
inline constexpr std::uint64_t kDeep = 1u << 20;

/// Ticks one kernel, or skips its ticks while it says that it stands still.
class Host final : public Sleeper {
 public:
  Host(std::unique_ptr<Kernel> kernel, bool sleeps) : kernel_(std::move(kernel)), sleeps_(sleeps) {}

  void step(Cycle now);
  void wake(Cycle) override { asleep_ = false; }

  Kernel& kernel() { return *kernel_; }
  const CycleCount& count() const { return count_; }

 private:
  const std::unique_ptr<Kernel> kernel_;
  const bool sleeps_;
  Activity activity_ = Activity::kStarved;
  CycleCount count_;
};

/// A FIFO under observation.
struct Wire {
  Wire(std::uint64_t depth, int lanes, CommitList& commits) : fifo(depth, lanes, commits) {}

  Fifo fifo;
  std::vector<Cycle> pushed;               ///< cycle in which each beat entered
  std::vector<Cycle> popped;               ///< cycle in which each beat left
  std::vector<std::uint64_t> occupancies;  ///< [beats] that the kernels saw, by cycle
};

/// Kernels and FIFOs clocked by the plainest loop: every kernel ticks, then every FIFO commits.
class Circuit {
 public:
  explicit Circuit(Order order = Order::kForward, bool sleeps = false)
      : order_(order), sleeps_(sleeps) {}

  template <typename K>
  K& add(std::unique_ptr<K> kernel) {
    K& result = *kernel;
    hosts_.push_back(std::make_unique<Host>(std::move(kernel), sleeps_));
    sequence_.push_back(hosts_.back().get());
    return result;
  }

  Wire& connect(Kernel& from, std::size_t output, Kernel& to, std::size_t input,
                std::uint64_t depth);

  /// To be called when everything is connected.
  void carry_data();
  /// One clock cycle; false if nothing can ever move again.
  bool cycle();
  /// Until nothing can ever move again.
  void run();

  Cycle now() const { return now_; }
  Host& host(const Kernel& kernel);

 private:
  const Order order_;
  const bool sleeps_;
  std::mt19937_64 engine_{1};
  CommitList commits_{64};
  std::vector<std::unique_ptr<Wire>> wires_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Host*> sequence_;
  Cycle now_ = 0;
};

/// What surrounds a kernel: Source -> FIFO -> kernel -> FIFO -> Sink on every port.
struct Conditions {
  std::uint64_t input_depth = kDeep;   ///< [beats]
  std::uint64_t output_depth = kDeep;  ///< [beats]
  std::vector<Pressure> sources;       ///< by input; free where none is given
  std::vector<Pressure> sinks;         ///< by output; free where none is given
  Order order = Order::kForward;
  bool sleeps = false;
  bool carry_data = true;
  std::optional<std::uint64_t> beats;  ///< on input 0, where the frames shall end early
  bool sinks_take = true;              ///< else the outputs fill up
  std::function<void()> at_end = {};   ///< called before the kernel is gone
};

/// What a kernel did under some conditions.
struct Trace {
  std::vector<std::vector<Cycle>> taken;    ///< by input: cycle of every beat
  std::vector<std::vector<Cycle>> emitted;  ///< by output: cycle of every beat
  std::vector<std::vector<Cycle>> arrived;  ///< by output: cycle in which the sink took each beat
  std::vector<std::vector<Value>> values;   ///< by output, as the sink took them
  CycleCount count;
  Cycle cycles = 0;  ///< until nothing moved any more
};

/// An issue of a kernel that keeps beats in a buffer: what it needs, and whether it emits a beat.
struct Issue {
  std::vector<std::uint64_t> beats;  ///< of input 0, counted since reset
  bool emits = true;
};

/// A neighbour that answers: it takes some outputs of the kernel and gives some of its inputs.
class Partner : public Kernel {
 public:
  /// What has been taken of an input so far; empty unless values are carried.
  virtual const std::vector<Value>& taken(std::size_t input) const = 0;

 protected:
  using Kernel::Kernel;
};

/// Which streams of a kernel lead to a partner: its inputs and outputs, by the kernel's index.
struct Partnership {
  std::vector<std::size_t> outputs;  ///< the partner takes, in the order of its inputs
  std::vector<std::size_t> inputs;   ///< the partner gives, in the order of its outputs
  /// `takes` and `gives`: a pressure for each of these.
  std::function<std::unique_ptr<Partner>(std::vector<Pressure> takes, std::vector<Pressure> gives)>
      make;
};

/// A kernel, what flows through it, what must come out, and when.
struct KernelCase {
  std::string parameters;  ///< all of them, printed on failure
  std::function<std::unique_ptr<Kernel>()> make;
  std::uint64_t frames = 3;
  std::uint64_t settled = 0;                ///< frames until the interval is steady
  std::vector<std::vector<Value>> inputs;   ///< of each input: frames x beats x lanes
  std::vector<std::vector<Value>> outputs;  ///< of each output, by a reference
  bool runs_ahead = false;                  ///< emits beats of frames that have not arrived
  std::optional<Partnership> partnership;   ///< other streams lead to sources and sinks

  std::uint64_t interval = 0;            ///< [cycles per frame] in free flow, closed form
  std::vector<std::uint64_t> latencies;  ///< [cycles] from taking a beat of an input to emitting
  /// By input and output beat (of any output): so many beats it needs, counted since reset.
  std::vector<std::vector<std::uint64_t>> needs;

  /// Where the kernel buffers beats: its issues over all frames, and the size and depth of what it
  /// has.
  std::vector<Issue> issues;
  std::uint64_t capacity = 0;  ///< [beats]
  std::uint64_t depth = 0;     ///< [cycles] from an issue to its output beat

  /// Where it is a gearbox: [beats] of input 0 and of output 0 in a group; else 0.
  std::uint64_t group_in = 0, group_out = 0;

  /// Beats of input 0 that have been taken when everything rests because output `beats` finds no
  /// room.
  std::uint64_t taken_before(std::uint64_t beats) const;

  /// Cycle of the first output beat in free flow: beat n of a free source is taken in cycle n + 1.
  Cycle first_output() const {
    Cycle cycle = 0;
    for (std::size_t i = 0; i < needs.size(); ++i) {
      cycle = std::max(cycle, needs[i].front() + latencies[i]);
    }
    return cycle;
  }
};

/// `needs` of a kernel that makes one output beat of one beat of each input.
std::vector<std::uint64_t> one_by_one(std::uint64_t beats);

Trace drive(const KernelCase& c, const Conditions& conditions);

/// Stalls on every stream, FIFOs of any depth.
Conditions draw_stalls(const KernelCase& c, Draw& draw);

/// What the reference gives, on every output.
void expect_values(const KernelCase& c, const Trace& trace);

/// Every beat in the same cycle, and every cycle counted alike.
void expect_same_cycles(const Trace& actual, const Trace& expected, const std::string& what);

/// What must be taken of every input, and given on every output: all of it.
void expect_all_beats(const KernelCase& c, const Trace& trace);

/// The same cycles whatever the order of evaluation, with and without values, asleep or awake.
void expect_one_schedule(const KernelCase& c, Conditions conditions);

/// The cycles in which a buffering kernel takes and emits beats in free flow, by brute force: each
/// slot of its ring is looked at alone, and each beat knows how many issues still want it.
struct BruteForceSchedule {
  /// `room` output beats fit into what follows; the kernel holds `depth` more.
  BruteForceSchedule(const KernelCase& c, std::uint64_t beats, std::uint64_t room = kDeep);

  std::vector<Cycle> taken;
  std::vector<Cycle> emitted;
};

/// `values` through `kernel` in free flow; a single input and output.
std::vector<Value> stream_through(std::unique_ptr<Kernel> kernel, std::uint64_t frames,
                                  std::vector<Value> values);

/// Expects that `make` throws a ParameterError that names `field`.
template <typename Make>
void expect_refused(const std::string& field, Make make) {
  try {
    make();
    ADD_FAILURE() << "accepted although " << field << " is illegal";
  } catch (const ParameterError& error) {
    EXPECT_NE(std::string(error.what()).find(field), std::string::npos)
        << "'" << error.what() << "' does not name " << field;
  }
}

}  // namespace qnnsim::test
