// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/data_type.h"
#include "models/fifo.h"
#include "models/rtl_module.h"
#include "models/schedule.h"

namespace qnnsim {

/// A parameter that the hardware cannot have; the message names the field and its value.
class ParameterError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Throws ParameterError(`message`) unless `holds`.
inline void require(bool holds, const std::string& message) {
  if (!holds) throw ParameterError(message);
}
inline void require(bool holds, const char* message) {
  if (!holds) throw ParameterError(message);
}

/// Throws ParameterError unless the parameter `field` of `block` is at least 1. Only then is the
/// message made: whoever tries foldings makes kernels by the hundred thousand.
inline void require_positive(std::string_view block, std::string_view field, std::int64_t value) {
  if (value >= 1) return;
  throw ParameterError(std::string(block) + ": " + std::string(field) + " " +
                       std::to_string(value) + " is less than 1");
}

/// Throws ParameterError unless the parameter `field` of `block` divides `whole`, called `of`.
inline void require_divisor(std::string_view block, std::string_view field, std::int64_t value,
                            std::string_view of, std::int64_t whole) {
  require_positive(block, field, value);
  if (whole % value == 0) return;
  throw ParameterError(std::string(block) + ": " + std::string(field) + " " +
                       std::to_string(value) + " does not divide " + std::string(of) + " " +
                       std::to_string(whole));
}

/// What a kernel did in one clock cycle.
enum class Activity : std::uint8_t {
  kBusy,     ///< moved its schedule forward
  kStarved,  ///< needed a beat that upstream did not have
  kBlocked,  ///< had a beat that downstream had no room for
};

/// What one kernel did in every clock cycle; the three counts always sum to the cycles elapsed.
struct CycleCount {
  std::uint64_t busy = 0;     ///< [cycles] moved its schedule forward
  std::uint64_t starved = 0;  ///< [cycles] needed a beat that upstream did not have
  std::uint64_t blocked = 0;  ///< [cycles] had a beat that downstream had no room for

  void add(Activity activity, std::uint64_t cycles) {
    (activity == Activity::kBusy      ? busy
     : activity == Activity::kStarved ? starved
                                      : blocked) += cycles;
  }
  std::uint64_t total() const { return busy + starved + blocked; }
};

/// The outcome of one tick.
struct Step {
  Activity activity = Activity::kStarved;
  /// Nothing inside moved: every further tick has this outcome too until a FIFO around the kernel
  /// changes, so the engine may skip them.
  bool still = false;
  /// Starved of nothing but what a memory should have delivered.
  bool for_memory = false;

  static constexpr Step busy() { return {Activity::kBusy, false, false}; }
  static constexpr Step starved(bool still, bool for_memory = false) {
    return {Activity::kStarved, still, for_memory};
  }
  static constexpr Step blocked(bool still) { return {Activity::kBlocked, still, false}; }
};

/// One side of a stream as a kernel declares it.
struct Port {
  int lanes = 1;                        ///< [elements per beat]
  DataType type = DataType::bipolar();  ///< of one element
  std::uint64_t beats = 0;              ///< [beats per frame]

  std::int64_t width_bits() const { return std::int64_t{lanes} * type.bits(); }
};

/// The parameters of a kernel by name ("simd", "folds_out"): what formulas of its timing and of its
/// cost are written in.
using Traits = std::map<std::string, std::int64_t, std::less<>>;

/// A memory inside a kernel.
struct KernelMemory {
  std::uint64_t words = 1;
  std::int64_t bits = 1;       ///< [bits per word]
  std::string style = "auto";  ///< auto, lut, bram or uram
  std::int64_t copies = 1;
  bool read_only = false;
  bool clocked = true;  ///< a word stands at the output from the edge after its address on
};

/// What the queue behind a pipeline of `depth` cycles keeps (rtl/qnn_output_queue.sv); one beat is
/// in a register.
inline std::vector<KernelMemory> queue_memory(const Port& output, int depth) {
  if (depth <= 1) return {};
  return {{static_cast<std::uint64_t>(depth), output.width_bits(), "lut", 1, false, false}};
}

/// A block of the dataflow: its clocked behaviour, hosted by any engine.
///
/// In `tick` a kernel sees its FIFOs as of the previous edge and stages at most one pop per input
/// and one push per output; nothing else connects it to the world, so the order of ticks within a
/// cycle does not matter. Its schedule depends on its parameters only, never on the values carried.
class Kernel {
 public:
  virtual ~Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  /// One clock edge.
  virtual Step tick(Cycle now) = 0;

  /// [cycles per frame] in steady state when never starved and never blocked: the closed form that
  /// tests hold against the simulation.
  virtual std::uint64_t frame_interval() const = 0;

  /// Multiply-accumulates of one frame.
  virtual std::uint64_t macs() const { return 0; }

  /// DSP slices that its multiply-accumulators take.
  virtual std::uint64_t dsps() const { return 0; }
  /// Which lanes of these stand idle, and what would use them; empty where none do.
  virtual std::string idle_lanes() const { return {}; }

  /// What its memory is made of: "auto", "lut", "bram" or "uram"; empty where it has none to
  /// choose.
  virtual std::string memory_style() const { return {}; }

  /// Which block this is: the name of its file in models/. Empty where it is none of a network.
  virtual std::string_view block() const { return {}; }
  virtual Traits traits() const { return {}; }

  /// What it keeps in memories: their words, not the registers around them.
  virtual std::vector<KernelMemory> memories() const { return {}; }

  /// The kernel in SystemVerilog, with this one's parameters and constants; nothing where it has
  /// none. To be called before `carry_data`.
  virtual std::optional<RtlModule> rtl() const { return std::nullopt; }

  /// The schedule of `tick` as data; nothing where it is not known beforehand.
  virtual std::optional<Schedule> schedule() const { return std::nullopt; }

  /// From now on beats carry values; called once, before the first tick.
  virtual void carry_data() {}

  /// Of a kernel that stands still: does it wait for input (output) `index`, if that FIFO is empty
  /// (full)?
  virtual bool waits_for_input(std::size_t index) const { return index < inputs_.size(); }
  virtual bool waits_for_output(std::size_t index) const { return index < outputs_.size(); }

  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }

  virtual void connect_input(std::size_t index, Fifo& fifo) {
    in_.at(index) = &fifo;
    if (index == 0) first_in_ = &fifo;
  }
  virtual void connect_output(std::size_t index, Fifo& fifo) {
    out_.at(index) = &fifo;
    if (index == 0) first_out_ = &fifo;
  }

 protected:
  /// To be called with braces: they are evaluated from left to right, so that parameters checked
  /// for `inputs` are legal in `outputs`.
  Kernel(std::vector<Port> inputs, std::vector<Port> outputs)
      : in_(inputs.size()),
        out_(outputs.size()),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {}

  Fifo& in() { return *first_in_; }
  Fifo& out() { return *first_out_; }
  Fifo& in(std::size_t index) { return *in_[index]; }
  Fifo& out(std::size_t index) { return *out_[index]; }

 private:
  // Most kernels have one input and one output, and look at them in every tick.
  Fifo* first_in_ = nullptr;
  Fifo* first_out_ = nullptr;
  std::vector<Fifo*> in_;
  std::vector<Fifo*> out_;
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
};

}  // namespace qnnsim
