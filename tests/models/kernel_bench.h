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

  void step(Cycle now) {
    const bool slept = asleep_;
    if (!(slept && sleeps_)) {
      const Step step = kernel_->tick(now);
      EXPECT_FALSE(slept && (!step.still || step.activity != activity_))
          << "a kernel that stood still moved in cycle " << now << " although no FIFO had changed";
      activity_ = step.activity;
      asleep_ = step.still;
    }
    count_.add(activity_, 1);
  }
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
                std::uint64_t depth) {
    wires_.push_back(std::make_unique<Wire>(depth, from.outputs()[output].lanes, commits_));
    Wire& wire = *wires_.back();
    from.connect_output(output, wire.fifo);
    to.connect_input(input, wire.fifo);
    wire.fifo.set_sleepers(&host(to), &host(from));
    return wire;
  }

  /// To be called when everything is connected.
  void carry_data() {
    for (const auto& wire : wires_) wire->fifo.carry_data();
    for (const auto& host : hosts_) host->kernel().carry_data();
  }

  /// One clock cycle; false if nothing can ever move again.
  bool cycle() {
    if (order_ == Order::kShuffled) std::shuffle(sequence_.begin(), sequence_.end(), engine_);
    if (order_ == Order::kReverse && now_ == 0) std::reverse(sequence_.begin(), sequence_.end());
    for (Host* host : sequence_) host->step(now_);
    for (const auto& wire : wires_) wire->occupancies.push_back(wire->fifo.occupancy());
    commits_.commit(now_);
    for (const auto& wire : wires_) {
      if (wire->fifo.beats_in() > wire->pushed.size()) wire->pushed.push_back(now_);
      if (wire->fifo.beats_out() > wire->popped.size()) wire->popped.push_back(now_);
    }
    ++now_;
    return std::any_of(hosts_.begin(), hosts_.end(),
                       [](const auto& host) { return !host->asleep(); });
  }

  /// Until nothing can ever move again.
  void run() {
    constexpr Cycle kMostCycles = 5'000'000;
    while (cycle()) ASSERT_LT(now_, kMostCycles) << "the circuit does not come to rest";
  }

  Cycle now() const { return now_; }
  Host& host(const Kernel& kernel) {
    return **std::find_if(hosts_.begin(), hosts_.end(),
                          [&](const auto& host) { return &host->kernel() == &kernel; });
  }

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
inline std::vector<std::uint64_t> one_by_one(std::uint64_t beats) {
  std::vector<std::uint64_t> result(beats);
  for (std::uint64_t beat = 0; beat < beats; ++beat) result[beat] = beat + 1;
  return result;
}

inline Trace drive(const KernelCase& c, const Conditions& conditions) {
  Circuit circuit(conditions.order, conditions.sleeps);
  std::unique_ptr<Kernel> made = c.make();
  const std::vector<Port> inputs = made->inputs();
  const std::vector<Port> outputs = made->outputs();
  const auto pressure = [](const std::vector<Pressure>& given, std::size_t port) {
    return port < given.size() ? given[port] : Pressure();
  };

  const Partnership tied = c.partnership.value_or(Partnership{});
  const auto is_tied = [](const std::vector<std::size_t>& ports, std::size_t port) {
    return std::find(ports.begin(), ports.end(), port) != ports.end();
  };
  const auto pressures = [&](const std::vector<Pressure>& given,
                             const std::vector<std::size_t>& ports) {
    std::vector<Pressure> result;
    for (std::size_t port : ports) result.push_back(pressure(given, port));
    return result;
  };

  std::vector<Kernel*> sources(inputs.size());
  std::vector<std::size_t> source_ports(inputs.size(), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (is_tied(tied.inputs, i)) continue;
    Port port = inputs[i];
    port.beats *= c.frames;
    if (i == 0) port.beats = conditions.beats.value_or(port.beats);
    std::vector<Value> values = c.inputs[i];
    values.resize(port.beats * port.lanes);
    sources[i] = &circuit.add(
        std::make_unique<Source>(port, 1, pressure(conditions.sources, i), std::move(values)));
  }
  Kernel& kernel = circuit.add(std::move(made));
  std::vector<Kernel*> sinks(outputs.size());
  std::vector<std::size_t> sink_ports(outputs.size(), 0);
  std::vector<std::function<std::vector<Value>()>> values(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (is_tied(tied.outputs, i)) continue;
    Sink& sink = circuit.add(std::make_unique<Sink>(
        outputs[i], conditions.sinks_take ? c.frames : 0, pressure(conditions.sinks, i)));
    sinks[i] = &sink;
    values[i] = [&sink] { return sink.values(); };
  }
  if (c.partnership) {
    Partner& partner = circuit.add(tied.make(pressures(conditions.sinks, tied.outputs),
                                             pressures(conditions.sources, tied.inputs)));
    for (std::size_t k = 0; k < tied.inputs.size(); ++k) {
      sources[tied.inputs[k]] = &partner;
      source_ports[tied.inputs[k]] = k;
    }
    for (std::size_t k = 0; k < tied.outputs.size(); ++k) {
      sinks[tied.outputs[k]] = &partner;
      sink_ports[tied.outputs[k]] = k;
      values[tied.outputs[k]] = [&partner, k] { return partner.taken(k); };
    }
  }
  std::vector<const Wire*> in;
  std::vector<const Wire*> out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    in.push_back(&circuit.connect(*sources[i], source_ports[i], kernel, i, conditions.input_depth));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    // A kernel that runs ahead stops only where it finds no room.
    const std::uint64_t most = c.runs_ahead ? outputs[i].beats * c.frames : kDeep;
    out.push_back(&circuit.connect(kernel, i, *sinks[i], sink_ports[i],
                                   std::min(conditions.output_depth, most)));
  }
  if (conditions.carry_data) circuit.carry_data();
  circuit.run();

  Trace trace;
  for (const Wire* wire : in) trace.taken.push_back(wire->popped);
  for (const Wire* wire : out) trace.emitted.push_back(wire->pushed);
  for (const Wire* wire : out) trace.arrived.push_back(wire->popped);
  for (const auto& of_output : values) trace.values.push_back(of_output());
  trace.count = circuit.host(kernel).count();
  trace.cycles = circuit.now();
  if (conditions.at_end) conditions.at_end();
  EXPECT_EQ(trace.count.total(), trace.cycles) << "busy + starved + blocked are not the cycles";
  return trace;
}

/// Every beat in the same cycle, and every cycle counted alike.
inline void expect_same_cycles(const Trace& actual, const Trace& expected,
                               const std::string& what) {
  SCOPED_TRACE(what);
  const auto same = [](const auto& a, const auto& b, const char* which) {
    for (std::size_t i = 0; i < b.size(); ++i) {
      EXPECT_EQ(first_difference(a[i], b[i]), "") << which << " on port " << i;
    }
  };
  same(actual.taken, expected.taken, "cycles of beats taken");
  same(actual.emitted, expected.emitted, "cycles of beats emitted");
  same(actual.arrived, expected.arrived, "cycles of beats arrived");
  EXPECT_EQ(actual.count.busy, expected.count.busy);
  EXPECT_EQ(actual.count.starved, expected.count.starved);
  EXPECT_EQ(actual.count.blocked, expected.count.blocked);
  EXPECT_EQ(actual.cycles, expected.cycles);
}

/// The cycles in which a buffering kernel takes and emits beats in free flow, by brute force: each
/// slot of its ring is looked at alone, and each beat knows how many issues still want it.
struct BruteForceSchedule {
  /// `room` output beats fit into what follows; the kernel holds `depth` more.
  BruteForceSchedule(const KernelCase& c, std::uint64_t beats, std::uint64_t room = kDeep) {
    std::vector<int> uses(beats, 0);
    for (const Issue& issue : c.issues) {
      for (std::uint64_t beat : issue.beats) ++uses[beat];
    }
    std::size_t next = 0;
    for (Cycle now = 0, moved = 0; now <= moved + 1; ++now) {
      const std::uint64_t beat = taken.size();
      const bool arrived = beat < beats && beat < now;
      const bool fits = beat < c.capacity || uses[beat - c.capacity] == 0;
      const bool ready = next < c.issues.size() &&
                         (!c.issues[next].emits || emitted.size() < room + c.depth) &&
                         std::all_of(c.issues[next].beats.begin(), c.issues[next].beats.end(),
                                     [&](std::uint64_t needed) { return needed < beat; });
      if (arrived && fits) taken.push_back(now);
      if ((arrived && fits) || ready) moved = now;
      if (!ready) continue;
      for (std::uint64_t used : c.issues[next].beats) --uses[used];
      if (c.issues[next].emits) emitted.push_back(now + c.depth);
      ++next;
    }
  }

  std::vector<Cycle> taken;
  std::vector<Cycle> emitted;
};

inline std::uint64_t KernelCase::taken_before(std::uint64_t beats) const {
  const std::vector<std::uint64_t>& needed = needs.front();
  const std::uint64_t all = needed.back();
  // One group is being given, the next one is collected.
  if (group_in != 0) return std::min(all, (beats / group_out + 2) * group_in);
  if (!issues.empty()) {
    return BruteForceSchedule(*this, inputs.front().size() / make()->inputs().front().lanes, beats)
        .taken.size();
  }
  const std::uint64_t held = beats + latencies.front();  // beats issued
  if (held >= needed.size()) return all;
  // The issue that would complete the next beat waits, the silent ones before it do not.
  return std::max(needed[held - 1], std::max<std::uint64_t>(needed[held], 1) - 1);
}

/// `values` through `kernel` in free flow; a single input and output.
inline std::vector<Value> stream_through(std::unique_ptr<Kernel> kernel, std::uint64_t frames,
                                         std::vector<Value> values) {
  KernelCase c;
  c.frames = frames;
  c.inputs = {std::move(values)};
  c.runs_ahead = true;
  c.make = [&kernel] { return std::move(kernel); };
  return drive(c, {}).values.front();
}

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
