// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cosim/rtl_instance.h"
#include "sim/cosim/stand_in.h"

namespace qnnsim {

/// How a model and its RTL compare.
struct LockstepReport {
  std::uint64_t beats = 0;              ///< compared, of all streams
  std::uint64_t data_mismatches = 0;    ///< [beats] given with other values
  std::uint64_t cycle_mismatches = 0;   ///< [beats] taken or given in another cycle, or not at all
  std::uint64_t worst_cycle_error = 0;  ///< [cycles] of a beat that both have moved
  std::string first_difference;         ///< with the last cycles of all streams; empty: none

  bool agrees() const { return first_difference.empty(); }
};

/// A model and its RTL side by side on the same inputs, compared beat by beat and cycle by cycle.
///
/// The model moves the beats of the FIFOs. The RTL sees FIFOs of its own that it would stand
/// between if its neighbours did what they do now: as long as both agree these are the same, and a
/// beat that comes late is still compared with the right one.
class LockstepKernel final : public StandIn {
 public:
  /// `*ended` becomes true when there is no use in going on.
  LockstepKernel(const std::string& name, std::unique_ptr<Kernel> model,
                 std::unique_ptr<RtlInstance> instance, std::shared_ptr<bool> ended);
  Step tick(Cycle now) override;
  void carry_data() override { model().carry_data(); }
  bool waits_for_input(std::size_t i) const override { return model().waits_for_input(i); }
  bool waits_for_output(std::size_t i) const override { return model().waits_for_output(i); }
  void connect_input(std::size_t index, Fifo& fifo) override;
  void connect_output(std::size_t index, Fifo& fifo) override;

  /// What was found; beats that only one of them has moved so far count as mismatches.
  LockstepReport report() const;

  /// [cycles] for which the last moves are shown beside the first difference.
  static constexpr Cycle kShownCycles = 20;
  /// [cycles] that a run goes on behind the first difference, to tell late beats from lost ones.
  static constexpr Cycle kAftermath = 1000;
  /// [cycles] that both must stand still before the RTL's clock is held too.
  static constexpr Cycle kPatience = 1024;

 private:
  /// A beat that one of them took or gave.
  struct Move {
    std::uint64_t beat = 0;
    Cycle cycle = 0;
    std::vector<Value> values;
  };
  /// The latest moves of one of them, oldest first overwritten; costs a copy a move.
  class History {
   public:
    void resize(int lanes);
    void add(std::uint64_t beat, Cycle cycle, const Value* values);
    /// "17: 3 -1 2" for the move in `cycle`, "-" where there was none.
    std::string text(Cycle cycle) const;

   private:
    struct Entry {
      std::uint64_t beat = 0;
      Cycle cycle = ~Cycle{0};
    };
    int lanes_ = 1;
    std::size_t next_ = 0;
    std::vector<Entry> entries_;
    std::vector<Value> values_;  ///< entries x lanes
  };
  /// One stream of the kernel, as the model and as the RTL move it.
  struct Stream {
    std::string name;
    bool is_input = true;
    Fifo* fifo = nullptr;
    int lanes = 1;
    std::uint64_t model_beats = 0;
    std::uint64_t rtl_beats = 0;
    bool packed = false;           ///< the RTL's input bears beat `rtl_beats`
    std::deque<Move> model_ahead;  ///< moves that the RTL has not made yet
    std::deque<Move> rtl_ahead;    ///< moves that the model has not made yet
    History model_history, rtl_history;
    std::vector<Value> values;  ///< what the RTL gave in this cycle
  };

  void drive_rtl();
  void compare(Stream& stream, Cycle now, bool model_moves, bool rtl_moves);
  void compare_late(Stream& stream, Cycle now, const Move* model, const Move* rtl);
  void compare_moves(Stream& stream, const Move& model, const Move& rtl);
  void differ(Cycle now, const Stream& stream, const std::string& what);
  std::string last_cycles(Cycle now) const;

  const std::string name_;
  const std::unique_ptr<RtlInstance> instance_;
  std::vector<Stream> in_;
  std::vector<Stream> out_;
  LockstepReport report_;
  const std::shared_ptr<bool> ended_;
  std::optional<Cycle> differs_since_;  ///< or the cycle in which the RTL ended itself
  Cycle moved_ = 0;
};

}  // namespace qnnsim
