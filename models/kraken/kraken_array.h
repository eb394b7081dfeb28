// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "models/kraken/kraken_loop.h"
#include "models/kraken/packet_gearbox.h"

namespace qnnsim {

/// What the array did in the cycles of a packet; they sum to the cycles from the packet before.
struct KrakenArrayCounts {
  std::uint64_t beats = 0;         ///< [cycles] in which a beat was multiplied
  std::uint64_t shifts = 0;        ///< [cycles] in which sums moved to the next column
  std::uint64_t no_pixels = 0;     ///< [cycles] in which only pixels were missing
  std::uint64_t no_weights = 0;    ///< [cycles] in which only weights were missing
  std::uint64_t output_taken = 0;  ///< [cycles] in which sums were ready and the output pipe busy
};

/// How long the array waited for a packet.
struct KrakenWait {
  Cycle from = 0;  ///< behind the last beat of the packet before
  Cycle to = 0;    ///< the packet's first beat was taken
};

/// The output pipe: takes all sums at once, moves them one column a cycle, always all columns, and
/// gives those that a kernel's group has finished to the width adapter. It takes the next sums at
/// the edge after the last column has moved, if the adapter has handed over what it collected or
/// does so at that edge. RTL: rtl/kraken/qnn_kraken_output.sv.
class KrakenOutputPipe {
 public:
  explicit KrakenOutputPipe(const KrakenParams& params);
  void carry_data() { carries_data_ = true; }

  /// Can it take sums at the edge of the latest `tick`?
  bool is_idle() const { return idle_; }
  /// `sums` [columns][rows], used only with data.
  void capture(int kernel_w, bool row_ends, const std::vector<Value>& sums);
  /// One clock edge, without what `capture` does at it; did anything move?
  bool tick(Fifo& out);

 private:
  bool gives_column() const;

  const KrakenParams params_;
  PacketGearbox adapter_;
  bool idle_ = true;
  int columns_left_ = 0;  ///< to be moved
  int kernel_w_ = 1;
  bool row_ends_ = false;
  bool carries_data_ = false;
  std::vector<Value> sums_;  ///< [columns][rows]
};

/// The array of processing elements of the Kraken engine, with its output pipe.
///
/// Takes a beat of pixels (input 0), of weights (input 1) and their control word (input 2) a cycle,
/// and multiplies every pixel with every weight. Products reach the sums kMultiply cycles later.
/// Columns work in groups of `kernel_w`, as many as fit, the first from column 0 on. When a column
/// of pixels has ended, a shift cycle moves every sum to the next column of its group (none where
/// kernel_w is 1) while the products wait; the last column of each group then leaves a finished
/// column of sums, and at the end of a row of the map its last kernel_w / 2 + 1 do, the rightmost
/// pixels first.
///
/// Output: packets of sums, one for every column of pixels for which sums leave: group by group,
/// `rows` sums a column. All of the array waits while sums are ready and the output pipe is busy.
/// RTL: rtl/kraken/qnn_kraken_array.sv.
class KrakenArray final : public Kernel {
 public:
  static constexpr int kMultiply = 3;  ///< [cycles] DELAY_MUL of the open RTL

  KrakenArray(const KrakenParams& params, KrakenProgram program);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override;
  std::uint64_t dsps() const override;
  std::string_view block() const override { return "kraken_array"; }
  Traits traits() const override;
  std::optional<RtlModule> rtl() const override;
  void carry_data() override;

  /// By packet of the program, over all frames so far.
  const std::vector<KrakenArrayCounts>& counts() const { return counts_; }
  /// Every packet so far, in order.
  const std::vector<KrakenWait>& waits() const { return waits_; }

 private:
  enum class Event { kBeat, kShift, kNoPixels, kNoWeights, kNeither, kOutputTaken };

  /// A beat on its way to the sums.
  struct Beat {
    bool valid = false;
    KrakenControl control;
    std::size_t index = 0;  ///< packet
    std::vector<Value> pixels;
    std::vector<Value> weights;
  };

  void advance(bool takes, Cycle now);
  void accumulate(const Beat& beat);
  void shift();
  void take(Beat& beat, Cycle now);
  void count(Event event, Cycle now);
  void add(std::uint64_t cycles);

  const KrakenParams params_;
  const KrakenProgram program_;
  KrakenOutputPipe output_;
  std::array<Beat, kMultiply> pipeline_;  ///< the oldest last
  bool ended_ = false;                    ///< the sums of a column of pixels are complete
  KrakenControl control_;                 ///< of these
  std::vector<Value> sums_;               ///< [columns][rows]
  bool carries_data_ = false;
  KrakenLoop loop_;              ///< of the next beat: what the control words tell the hardware
  std::size_t ended_index_ = 0;  ///< packet of the latest beat that reached the sums
  // Counts
  std::vector<KrakenArrayCounts> counts_;
  std::vector<KrakenWait> waits_;
  Cycle free_from_ = 0;            ///< the cycle behind the last beat of the packet before
  Event event_ = Event::kNeither;  ///< of the latest tick, and of every cycle slept since
  Cycle counted_ = 0;              ///< the first cycle that is not in the counts
  std::uint64_t neither_ = 0;      ///< [cycles] in which all was missing, not yet attributed
};

}  // namespace qnnsim
