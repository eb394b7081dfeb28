// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/kernel.h"
#include "sim/cosim/harness.h"
#include "sim/cosim/rtl_cache.h"

namespace qnnsim {

/// A compiled kernel in operation: its pins, as streams of elements.
///
/// A clock cycle is: `offer` and `accept` on every stream, `settle`, questions, `clock_edge`. Cycle
/// 0 is the first edge out of reset, which the constructor has applied.
class RtlInstance {
 public:
  /// `inputs` and `outputs` say how the beats of each stream are made up. `directory` is the
  /// working directory of the kernel's initial blocks; empty: the present one. Throws RtlError if
  /// the library cannot be loaded, if a stream is narrower than its beats, or if the kernel refuses
  /// to start.
  RtlInstance(const std::string& name, const CompiledRtl& compiled, std::vector<Port> inputs,
              std::vector<Port> outputs, const PortMap& map, const std::string& directory);
  ~RtlInstance();
  RtlInstance(const RtlInstance&) = delete;
  RtlInstance& operator=(const RtlInstance&) = delete;

  const RtlPorts& ports() const { return ports_; }

  /// Offers a beat on an input. Need not be repeated while the same beat stays offered.
  void offer(std::size_t input, const Value* beat);
  /// Offers nothing; the data is poisoned.
  void withdraw(std::size_t input);
  void accept(std::size_t output, bool ready) { *out_[output].ready = ready ? 1 : 0; }

  void settle() { api_.qnn_eval(kernel_); }
  /// Does the kernel take the beat that is offered?
  bool takes(std::size_t input) const { return *in_[input].valid != 0 && *in_[input].ready != 0; }
  bool is_valid(std::size_t output) const { return *out_[output].valid != 0; }
  /// Does the kernel give a beat that is accepted?
  bool gives(std::size_t output) const { return is_valid(output) && *out_[output].ready != 0; }
  /// The beat on an output.
  void read(std::size_t output, Value* beat);

  /// The rising edge, and the falling one.
  void clock_edge() {
    drive_clock(1);
    api_.qnn_eval(kernel_);
    drive_clock(0);
  }

  /// An assertion, $fatal, $stop or $finish has spoken.
  bool stopped() const { return *stopped_ != 0; }
  /// What the kernel has printed.
  std::string said() const { return api_.qnn_said(kernel_); }

 private:
  struct Stream {
    Port port;
    std::size_t bytes = 0;  ///< [bytes] of TDATA in the verilated kernel
    unsigned char* data = nullptr;
    unsigned char* valid = nullptr;
    unsigned char* ready = nullptr;
    std::vector<std::uint64_t> words;   ///< of the latest beat
    std::vector<std::uint64_t> poison;  ///< what stands on an input without a beat
  };

  void drive_clock(unsigned char level) {
    for (unsigned char* clock : clocks_) *clock = level;
  }
  void load(const std::string& library);
  std::vector<Stream> bind(const std::vector<RtlStream>& streams, const std::vector<Port>& ports,
                           int& pin);
  void reset();

  const std::string name_;
  const RtlPorts ports_;
  void* library_ = nullptr;
  HarnessApi api_{};
  void* kernel_ = nullptr;
  const int* stopped_ = nullptr;
  std::vector<unsigned char*> clocks_;
  unsigned char* reset_ = nullptr;  ///< nullptr: the kernel has none
  std::vector<Stream> in_;
  std::vector<Stream> out_;
};

}  // namespace qnnsim
