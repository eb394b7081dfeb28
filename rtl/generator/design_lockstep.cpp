// SPDX-License-Identifier: Apache-2.0
#include "rtl/generator/design_lockstep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "models/axi_reader.h"
#include "rtl/generator/module_text.h"
#include "sim/cosim/memory_files.h"
#include "sim/cosim/rtl_cache.h"
#include "sim/cosim/rtl_source.h"
#include "sim/installation.h"

namespace qnnsim {
namespace {

using Clock = std::chrono::steady_clock;

// Streams of `streams_text` for the registers: their order among the inputs and outputs.
enum LiteInput : std::size_t { kWriteAddress, kWriteData, kReadAddress, kLiteInputs };
enum LiteOutput : std::size_t { kWriteResponse, kReadData, kLiteOutputs };

// Registers of rtl/qnn_control.sv.
constexpr Value kControl = 0x00;
constexpr Value kFrames = 0x04;
constexpr Value kFramesIn = 0x08;
constexpr Value kFramesOut = 0x0c;
constexpr Value kCycles = 0x10;
constexpr Value kFirstPeak = 0x1000;
constexpr Value kStart = 1;

/// [cycles] that a register may take to answer.
constexpr int kPatience = 100;

Port word(int bits) { return {1, DataType::unsigned_integer(bits), 0}; }

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::size_t> edges_by_peak(const Design& design) {
  std::vector<std::size_t> edges;
  for (const DesignFifo* fifo : design.all_fifos()) edges.push_back(fifo->edge);
  return edges;
}

std::vector<RtlMemory> memories_of(const Design& design) {
  std::vector<RtlMemory> all;
  for (const DesignKernel* kernel : design.all_kernels()) {
    all.insert(all.end(), kernel->module.memories.begin(), kernel->module.memories.end());
  }
  return all;
}

std::string beat_text(const Value* values, int lanes) {
  constexpr int kShown = 16;
  return fmt::format("{}{}", fmt::join(values, values + std::min(lanes, kShown), " "),
                     lanes > kShown ? " ..." : "");
}

}  // namespace

RtlSource design_source(const Design& design) {
  RtlSource source;
  source.kernel = design.name;
  source.top = design.name + "_streams";
  source.text = streams_text(design) + top_text(design, "", 0);
  for (const DesignLayer& layer : design.layers) source.text += layer_text(design, layer);
  source.files = module_files(modules_of(design));
  return source;
}

DesignLockstep::DesignLockstep(const Design& design, std::shared_ptr<bool> ended,
                               const std::function<void(const std::string&)>& progress)
    : name_(design.name), fifo_edges_(edges_by_peak(design)), ended_(std::move(ended)) {
  const Dataflow& dataflow = *design.dataflow;
  std::vector<Port> inputs = {word(16), word(32), word(16)};
  std::vector<Port> outputs = {word(2), word(32)};
  const auto port = [&](std::size_t edge) { return dataflow.port(dataflow.edges[edge]); };
  add_stream("s_axis", true, design.source_edge, port(design.source_edge), inputs);
  add_stream("m_axis", false, design.sink_edge, port(design.sink_edge), outputs);
  for (const DesignMaster* master : design.masters()) {
    for (const AxiChannel& channel : master->channels) {
      add_stream(master->port + "_" + channel.name, !channel.to_memory, channel.edge,
                 port(channel.edge), channel.to_memory ? outputs : inputs);
    }
  }
  for (const DesignKernel* kernel : design.all_kernels()) nodes_.push_back(kernel->node);
  report_.kernel = "design";
  report_.top = design.name;
  report_.compared = true;

  const std::vector<CompiledRtl> compiled =
      RtlCache(cache_directory()).get_all({design_source(design)}, progress);
  const MemoryFiles memories(memories_of(design));
  instance_ = std::make_unique<RtlInstance>(design.name, compiled.front(), std::move(inputs),
                                            std::move(outputs), PortMap{}, memories.directory());
  // The edge at which the start is written is the last one before cycle 0.
  write_register(kFrames, static_cast<Value>(dataflow.frames));
  instance_->accept(kWriteResponse, true);
  write_register(kControl, kStart);
}

void DesignLockstep::add_stream(const std::string& name, bool is_input, std::size_t edge, Port type,
                                std::vector<Port>& ports) {
  streams_.push_back({name, is_input, ports.size(), edge, type, 0});
  beat_.resize(std::max(beat_.size(), static_cast<std::size_t>(type.lanes)));
  ports.push_back(type);
}

template <typename Evaluate>
void DesignLockstep::timed(Evaluate evaluate) {
  const auto start = Clock::now();
  evaluate();
  rtl_seconds_ += seconds_since(start);
}

void DesignLockstep::sample(const Simulation& simulation, Cycle now) {
  const auto start = Clock::now();
  for (const Stream& stream : streams_) {
    const Fifo& fifo = *simulation.fifos()[stream.edge];
    if (!stream.is_input) {
      instance_->accept(stream.port, fifo.popping());
    } else if (fifo.pushing()) {
      instance_->offer(stream.port, fifo.inside(fifo.beats_in()));
    } else {
      instance_->withdraw(stream.port);
    }
  }
  timed([&] { instance_->settle(); });
  for (Stream& stream : streams_) {
    const Fifo& fifo = *simulation.fifos()[stream.edge];
    stream.is_input ? check_input(stream, fifo, now) : check_output(stream, fifo, now);
    const bool moves = stream.is_input ? fifo.pushing() : fifo.popping();
    stream.beats += moves ? 1 : 0;
    report_.beats += moves ? 1 : 0;
  }
  timed([&] { instance_->clock_edge(); });
  if (instance_->stopped() && !*ended_) {
    *ended_ = true;
    if (report_.first_difference.empty()) ++report_.cycle_mismatches;
    report_.first_difference +=
        fmt::format("{}: the RTL ended itself in cycle {}:\n{}", name_, now, instance_->said());
  }
  all_seconds_ += seconds_since(start);
}

void DesignLockstep::check_input(const Stream& stream, const Fifo& fifo, Cycle now) {
  if (!fifo.pushing() || instance_->takes(stream.port)) return;
  differ(stream, now, "the model takes it, the RTL does not", report_.cycle_mismatches);
}

void DesignLockstep::check_output(const Stream& stream, const Fifo& fifo, Cycle now) {
  const bool valid = instance_->is_valid(stream.port);
  if (valid != fifo.can_pop()) {
    differ(stream, now,
           fmt::format("{} has it, {} does not", valid ? "the RTL" : "the model",
                       valid ? "the model" : "the RTL"),
           report_.cycle_mismatches);
    return;
  }
  if (!fifo.popping()) return;
  instance_->read(stream.port, beat_.data());
  const Value* expected = fifo.front();
  if (std::equal(expected, expected + stream.type.lanes, beat_.begin())) return;
  differ(stream, now,
         fmt::format("model {}, RTL {}", beat_text(expected, stream.type.lanes),
                     beat_text(beat_.data(), stream.type.lanes)),
         report_.data_mismatches);
}

void DesignLockstep::differ(const Stream& stream, Cycle now, const std::string& what,
                            std::uint64_t& mismatches) {
  ++mismatches;
  *ended_ = true;
  if (!report_.first_difference.empty()) return;
  report_.first_difference =
      fmt::format("{}, {}, cycle {}, beat {}: {}\n", name_, stream.name, now, stream.beats, what);
}

void DesignLockstep::write_register(Value address, Value value) {
  const Value words[] = {address, value};
  instance_->accept(kWriteResponse, true);
  instance_->offer(kWriteAddress, &words[0]);
  instance_->offer(kWriteData, &words[1]);
  for (int cycle = 0; cycle < kPatience; ++cycle) {
    instance_->settle();
    const bool taken = instance_->takes(kWriteAddress) && instance_->takes(kWriteData);
    instance_->clock_edge();
    if (!taken) continue;
    instance_->withdraw(kWriteAddress);
    instance_->withdraw(kWriteData);
    return;
  }
  throw RtlError(fmt::format("{}: register {:#x} cannot be written", name_, address));
}

Value DesignLockstep::read_register(Value address) {
  instance_->accept(kReadData, true);
  instance_->offer(kReadAddress, &address);
  for (int cycle = 0; cycle < kPatience; ++cycle) {
    instance_->settle();
    const bool taken = instance_->takes(kReadAddress);
    const bool given = instance_->gives(kReadData);
    Value value = 0;
    if (given) instance_->read(kReadData, &value);
    instance_->clock_edge();
    if (taken) instance_->withdraw(kReadAddress);
    if (given) return value;
  }
  throw RtlError(fmt::format("{}: register {:#x} does not answer", name_, address));
}

void DesignLockstep::compare_register(const std::string& what, Value address,
                                      std::uint64_t expected) {
  const auto value = static_cast<std::uint32_t>(read_register(address));
  if (value == static_cast<std::uint32_t>(expected)) return;
  ++report_.cycle_mismatches;
  report_.first_difference +=
      fmt::format("{}, {}: model {}, RTL {}\n", name_, what, expected, value);
}

void DesignLockstep::finish(Result& result) {
  for (const Stream& stream : streams_) {
    stream.is_input ? instance_->withdraw(stream.port) : instance_->accept(stream.port, false);
  }
  const bool done = result.status == RunStatus::kDone;
  if (done && !instance_->stopped()) {
    const Stream& source = streams_.front();
    compare_register("frames in", kFramesIn, source.beats / source.type.beats);
    compare_register("frames out", kFramesOut, result.frames);
    compare_register("cycles", kCycles, result.total_cycles);
  }
  if ((done || result.status == RunStatus::kDeadlock) && !instance_->stopped()) {
    for (std::size_t i = 0; i < fifo_edges_.size(); ++i) {
      const FifoResult& fifo = result.fifos[fifo_edges_[i]];
      compare_register(fmt::format("highest occupancy of {}", fifo.name),
                       kFirstPeak + 4 * static_cast<Value>(i), fifo.max_occupancy);
    }
  }
  for (std::size_t node : nodes_) result.kernels[node].impl = "model+rtl";
  result.cosim.push_back(report_);
}

}  // namespace qnnsim
