// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtl/generator/design.h"
#include "sim/cosim/rtl_instance.h"
#include "sim/result.h"
#include "sim/simulation.h"

namespace qnnsim {

/// What Verilator is to make of a design with all its modules in one text, behind `streams_text`.
/// Throws RtlError if a file of qnnsim's is missing.
RtlSource design_source(const Design& design);

/// A whole design, verilated, beside a simulation of the same dataflow.
///
/// It is started over its registers; from its cycle 0 on its ends and its masters are offered what
/// the simulation moves there in the same cycle. Compared are every beat at the ends and at the
/// masters, in data and cycle, the cycles in which beats stand ready to be taken, and in the end
/// the registers: frames, cycles, and the highest occupancy of every FIFO.
class DesignLockstep final : public Observer {
 public:
  /// Compiles the design, which must have `fifo_peaks`, and starts it. `design` and its dataflow
  /// must outlive the constructor. `ended` becomes true when there is no use in going on. Throws
  /// RtlError.
  DesignLockstep(const Design& design, std::shared_ptr<bool> ended,
                 const std::function<void(const std::string&)>& progress);

  void sample(const Simulation& simulation, Cycle now) override;

  /// Reads the registers, compares them with `result`, the outcome of that simulation, and adds
  /// what was found to it.
  void finish(Result& result);

  double rtl_seconds() const { return rtl_seconds_; }    ///< evaluating the verilated design
  double total_seconds() const { return all_seconds_; }  ///< in `sample`

 private:
  /// A stream of the verilated module that is an edge of the dataflow.
  struct Stream {
    std::string name;
    bool is_input = true;
    std::size_t port = 0;  ///< index among the inputs or outputs
    std::size_t edge = 0;
    Port type;
    std::uint64_t beats = 0;
  };

  void add_stream(const std::string& name, bool is_input, std::size_t edge, Port type,
                  std::vector<Port>& ports);
  void check_input(const Stream& stream, const Fifo& fifo, Cycle now);
  void check_output(const Stream& stream, const Fifo& fifo, Cycle now);
  void differ(const Stream& stream, Cycle now, const std::string& what, std::uint64_t& mismatches);
  /// Counts the time that the verilated design takes.
  template <typename Evaluate>
  void timed(Evaluate evaluate);
  void write_register(Value address, Value value);
  Value read_register(Value address);
  void compare_register(const std::string& what, Value address, std::uint64_t expected);

  const std::string name_;
  const std::vector<std::size_t> fifo_edges_;  ///< by number of the peak
  std::vector<std::size_t> nodes_;             ///< that are in the design
  const std::shared_ptr<bool> ended_;
  std::unique_ptr<RtlInstance> instance_;
  std::vector<Stream> streams_;
  std::vector<Value> beat_;
  CosimResult report_;
  double rtl_seconds_ = 0;
  double all_seconds_ = 0;
};

}  // namespace qnnsim
