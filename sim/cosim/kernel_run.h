// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/cosim/kernel_file.h"
#include "sim/cosim/rtl_cache.h"
#include "sim/cosim/rtl_ports.h"
#include "sim/simulation.h"

namespace qnnsim {

/// One beat of a stream. Cycle 0 is the first clock edge out of reset.
struct Beat {
  Cycle offered = 0;  ///< first cycle in which valid stood for it
  Cycle moved = 0;    ///< valid and ready
};

/// What happened on one stream.
struct StreamRecord {
  std::string name;
  bool is_input = true;
  int width_bits = 0;                   ///< of TDATA
  std::optional<std::uint64_t> wanted;  ///< [beats]; nothing: not counted
  std::vector<Beat> beats;
  std::vector<std::uint64_t> words;  ///< TDATA of every beat, least significant word first
  std::optional<Cycle> standing;     ///< since when the beat stands that nobody has taken
  bool ready = false;                ///< in the last cycle
  std::string broken_rule;           ///< of AXI-Stream, by the kernel; empty: none

  bool is_complete() const { return wanted && beats.size() >= *wanted; }
  /// TDATA of beat number `index` in hexadecimal.
  std::string data(std::size_t index) const;
};

/// A run of a kernel that stands alone.
struct KernelRun {
  std::string kernel;
  std::string top;
  RtlPorts ports;
  std::map<std::string, std::uint64_t> constants;  ///< of idle inputs; of the others 0
  std::optional<double> clock_mhz;
  std::uint64_t seed = 0;
  std::uint64_t timeout_cycles = 0;
  RunStatus status = RunStatus::kRunning;  ///< kDisagreement: the RTL has ended itself
  std::uint64_t cycles = 0;
  std::vector<StreamRecord> streams;  ///< inputs, then outputs, as the module has them
  std::string said;                   ///< what the RTL has printed
};

/// Compiles the kernel and runs it until every counted output has its beats, `cycles` are over,
/// nothing has moved for `timeout_cycles`, the RTL ends itself or `stop` becomes true. Throws
/// RtlError, or InputError where the stimulus does not fit the module. `progress` is called now and
/// then.
KernelRun run_kernel(const KernelFile& file, const std::atomic<bool>* stop,
                     const std::function<void(const KernelRun&)>& progress);

/// As above, of a kernel that has been compiled.
KernelRun run_kernel(const KernelFile& file, const CompiledRtl& compiled,
                     const std::atomic<bool>* stop,
                     const std::function<void(const KernelRun&)>& progress);

/// The run before its first cycle: the kernel compiles and the stimulus fits, else as `run_kernel`.
KernelRun check_kernel(const KernelFile& file);

}  // namespace qnnsim
