// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/source.h"
#include "sim/memory/dram_spec.h"

namespace qnnsim {

/// The banks of a channel: which row each has open, and from which cycle on it takes a command.
///
/// Banks are numbered rank by rank, in a rank bank group by bank group. The distances between
/// commands are those of DRAMsim3 (src/timing.cc): every command is held to those of its own bank,
/// of its bank group and of the window of four activates.
class DramTimingState {
 public:
  explicit DramTimingState(const DramSpec& spec);

  int banks() const { return static_cast<int>(banks_.size()); }
  int rank(int bank) const { return banks_[bank].rank; }
  int group(int bank) const { return banks_[bank].group; }

  /// -1: no row is open.
  std::int64_t open_row(int bank) const { return banks_[bank].open_row; }
  bool is_open(int bank) const { return banks_[bank].open_row >= 0; }
  /// Column commands since the bank's ACT.
  int columns_used(int bank) const { return banks_[bank].columns_used; }
  int open_banks(int rank) const { return ranks_[rank].open_banks; }

  /// From which cycle on commands are allowed, wherever that is past or to come, as far as bank
  /// groups and ranks go.
  struct GroupLimits {
    Cycle activate = 0;
    Cycle read = 0;
    Cycle write = 0;
  };
  const GroupLimits& group_limits(int bank) const { return groups_[banks_[bank].group].limits; }
  /// The same as far as the bank itself goes.
  Cycle activate_at(int bank) const { return banks_[bank].activate; }
  Cycle read_at(int bank) const { return banks_[bank].read; }
  Cycle write_at(int bank) const { return banks_[bank].write; }
  Cycle precharge_at(int bank) const { return banks_[bank].precharge; }
  /// Of a rank whose banks are all closed.
  Cycle refresh_at(int rank) const;

  void activate(int bank, std::int64_t row, Cycle now);
  void precharge(int bank, Cycle now);
  /// A closed page is precharged by the command itself.
  void read(int bank, Cycle now);
  void write(int bank, Cycle now);
  void refresh(int rank, Cycle now);

  /// [rank x cycles] before `now` in which a rank has an open bank.
  std::uint64_t active_cycles(Cycle now) const;

 private:
  struct Bank {
    Cycle activate = 0;
    Cycle precharge = 0;
    Cycle read = 0;
    Cycle write = 0;
    Cycle refresh = 0;
    std::int64_t open_row = -1;
    int columns_used = 0;
    int group = 0;
    int rank = 0;
  };
  struct Group {
    GroupLimits limits;
    int rank = 0;
  };
  struct Rank {
    Cycle activates[4] = {};  ///< the last ones, each and tFAW, a ring
    int oldest = 0;
    int open_banks = 0;
    Cycle active_since = 0;
    std::uint64_t active_cycles = 0;
  };
  /// [cycles] from a column command to the next of a kind.
  struct Distances {
    Cycle same_group;
    Cycle same_rank;
    Cycle other_rank;

    Cycle to(const Group& group, int rank, bool same) const {
      if (group.rank != rank) return other_rank;
      return same ? same_group : same_rank;
    }
  };

  void close(int bank, Cycle now);

  const DramTiming timing_;
  const Cycle burst_cycles_;
  const bool closed_page_;
  const int banks_per_rank_;
  Distances read_to_read_;
  Distances read_to_write_;
  Distances write_to_read_;
  Distances write_to_write_;
  Cycle activate_same_group_;
  Cycle activate_other_group_;
  std::vector<Bank> banks_;
  std::vector<Group> groups_;
  std::vector<Rank> ranks_;
};

}  // namespace qnnsim
