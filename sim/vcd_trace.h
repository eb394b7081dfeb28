// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/output_file.h"
#include "sim/trace.h"

namespace qnnsim {

/// A value change dump (IEEE 1364-2005, clause 18), as GTKWave reads it. Scopes are
/// <layer>.<kernel>.<FIFO>: a kernel has its `state`, and a scope for each of its inputs with
/// `valid`, `ready` and `occupancy` of the FIFO in front of it. Cycle n begins at n clock periods,
/// rounded to picoseconds.
class VcdTrace final : public ChangeTrace {
 public:
  VcdTrace(const std::string& path, const Scenario& scenario, const Dataflow& dataflow);

 private:
  void begin(Cycle first) override;
  void set_activity(std::size_t index, Activity activity, Cycle now) override;
  void set_occupancy(std::size_t index, std::uint64_t beats, Cycle now) override;
  void note_frame_end(std::size_t, Cycle) override {}
  void end(Cycle end) override;
  void complete() override { file_.commit(); }

  std::size_t first_signal(std::size_t fifo) const;
  std::string declare_kernel(const Dataflow& dataflow, std::size_t node) const;
  std::string declare_fifo(const Dataflow& dataflow, std::size_t index) const;
  std::string declare_all(const Dataflow& dataflow) const;
  void write_time(Cycle now);
  void write_bit(std::size_t signal, bool value);
  void write_vector(std::size_t signal, std::uint64_t value);

  /// The two bits that a FIFO shows to its sides.
  struct Handshake {
    bool valid;
    bool ready;
  };

  const double clock_mhz_;
  OutputFile file_;
  std::optional<Cycle> time_;                         ///< last written
  std::vector<std::uint64_t> depths_;                 ///< [beats] of each selected FIFO
  std::vector<std::optional<Handshake>> handshakes_;  ///< last written, one a selected FIFO
};

}  // namespace qnnsim
