// SPDX-License-Identifier: Apache-2.0
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

void Host::step(Cycle now) {
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

Wire& Circuit::connect(Kernel& from, std::size_t output, Kernel& to, std::size_t input,
                       std::uint64_t depth) {
  wires_.push_back(std::make_unique<Wire>(depth, from.outputs()[output].lanes, commits_));
  Wire& wire = *wires_.back();
  from.connect_output(output, wire.fifo);
  to.connect_input(input, wire.fifo);
  wire.fifo.set_sleepers(&host(to), &host(from));
  return wire;
}

void Circuit::carry_data() {
  for (const auto& wire : wires_) wire->fifo.carry_data();
  for (const auto& host : hosts_) host->kernel().carry_data();
}

bool Circuit::cycle() {
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

void Circuit::run() {
  constexpr Cycle kMostCycles = 5'000'000;
  while (cycle()) ASSERT_LT(now_, kMostCycles) << "the circuit does not come to rest";
}

Host& Circuit::host(const Kernel& kernel) {
  return **std::find_if(hosts_.begin(), hosts_.end(),
                        [&](const auto& host) { return &host->kernel() == &kernel; });
}

Trace drive(const KernelCase& c, const Conditions& conditions) {
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

void expect_same_cycles(const Trace& actual, const Trace& expected, const std::string& what) {
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

void expect_all_beats(const KernelCase& c, const Trace& trace) {
  const auto kernel = c.make();
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    EXPECT_EQ(trace.taken[i].size() * kernel->inputs()[i].lanes, c.inputs[i].size())
        << "input " << i;
  }
  expect_values(c, trace);
}

void expect_one_schedule(const KernelCase& c, Conditions conditions) {
  const Trace trace = drive(c, conditions);
  for (Order order : {Order::kReverse, Order::kShuffled}) {
    conditions.order = order;
    expect_same_cycles(drive(c, conditions), trace, "another order");
  }
  conditions.order = Order::kForward;
  conditions.sleeps = true;
  expect_same_cycles(drive(c, conditions), trace, "asleep where still");
  conditions.carry_data = false;
  expect_same_cycles(drive(c, conditions), trace, "without values");
}

BruteForceSchedule::BruteForceSchedule(const KernelCase& c, std::uint64_t beats,
                                       std::uint64_t room) {
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

std::uint64_t KernelCase::taken_before(std::uint64_t beats) const {
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

Conditions draw_stalls(const KernelCase& c, Draw& draw) {
  Conditions conditions;
  conditions.input_depth = draw.pick<std::uint64_t>({1, 2, 3, kDeep});
  conditions.output_depth = draw.pick<std::uint64_t>({1, 2, 3, kDeep});
  for (std::size_t i = 0; i < c.inputs.size(); ++i) conditions.sources.push_back(draw.pressure());
  for (std::size_t i = 0; i < c.outputs.size(); ++i) conditions.sinks.push_back(draw.pressure());
  return conditions;
}

void expect_values(const KernelCase& c, const Trace& trace) {
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    EXPECT_EQ(first_difference(trace.values[i], c.outputs[i]), "") << "values of output " << i;
  }
}

std::vector<Value> stream_through(std::unique_ptr<Kernel> kernel, std::uint64_t frames,
                                  std::vector<Value> values) {
  KernelCase c;
  c.frames = frames;
  c.inputs = {std::move(values)};
  c.runs_ahead = true;
  c.make = [&kernel] { return std::move(kernel); };
  return drive(c, {}).values.front();
}

std::vector<std::uint64_t> one_by_one(std::uint64_t beats) {
  std::vector<std::uint64_t> result(beats);
  for (std::uint64_t beat = 0; beat < beats; ++beat) result[beat] = beat + 1;
  return result;
}

}  // namespace qnnsim::test
