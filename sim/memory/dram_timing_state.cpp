// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_timing_state.h"

namespace qnnsim {
namespace {

/// Distances below zero bind nothing.
Cycle distance(int cycles) { return static_cast<Cycle>(std::max(cycles, 0)); }

void hold_until(Cycle& allowed, Cycle earliest) { allowed = std::max(allowed, earliest); }

}  // namespace

DramTimingState::DramTimingState(const DramSpec& spec)
    : timing_(spec.timing),
      burst_cycles_(distance(spec.burst_cycles())),
      closed_page_(spec.policy.page == PagePolicy::kClosed),
      banks_per_rank_(spec.banks()),
      banks_(static_cast<std::size_t>(spec.ranks) * spec.banks()),
      groups_(static_cast<std::size_t>(spec.ranks) * spec.bank_groups),
      ranks_(spec.ranks) {
  // One bank group is as good as none: the short distances hold.
  const bool grouped = spec.bank_groups > 1;
  const int ccd_l = grouped ? timing_.ccd_l : timing_.ccd_s;
  const int wtr_l = grouped ? timing_.wtr_l : timing_.wtr_s;
  const int burst = spec.burst_cycles();
  const int read_end = timing_.cl + burst;
  const int write_end = timing_.cwl + burst;
  const int turn = timing_.rtrs;
  read_to_read_ = {distance(std::max(burst, ccd_l)), distance(std::max(burst, timing_.ccd_s)),
                   distance(burst + turn)};
  write_to_write_ = {distance(std::max(burst, ccd_l)), distance(std::max(burst, timing_.ccd_s)),
                     distance(burst)};
  const Cycle read_to_write = distance(read_end + turn - timing_.cwl);
  read_to_write_ = {read_to_write, read_to_write, read_to_write};
  write_to_read_ = {distance(write_end + wtr_l), distance(write_end + timing_.wtr_s),
                    distance(write_end + turn - timing_.cl)};
  activate_same_group_ = distance(grouped ? timing_.rrd_l : timing_.rrd_s);
  activate_other_group_ = distance(timing_.rrd_s);
  for (int bank = 0; bank < banks(); ++bank) {
    banks_[bank].rank = bank / banks_per_rank_;
    banks_[bank].group = bank / spec.banks_per_group;
  }
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    groups_[group].rank = static_cast<int>(group) / spec.bank_groups;
  }
}

Cycle DramTimingState::refresh_at(int rank) const {
  Cycle earliest = 0;
  for (int bank = rank * banks_per_rank_; bank < (rank + 1) * banks_per_rank_; ++bank) {
    hold_until(earliest, banks_[bank].refresh);
  }
  return earliest;
}

void DramTimingState::activate(int bank, std::int64_t row, Cycle now) {
  Bank& state = banks_[bank];
  state.open_row = row;
  state.columns_used = 0;
  hold_until(state.activate, now + distance(timing_.rc()));
  hold_until(state.read, now + distance(timing_.rcd_rd));
  hold_until(state.write, now + distance(timing_.rcd_wr));
  hold_until(state.precharge, now + distance(timing_.ras));
  Rank& rank = ranks_[state.rank];
  rank.activates[rank.oldest] = now + distance(timing_.faw);
  rank.oldest = (rank.oldest + 1) % 4;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (groups_[group].rank != state.rank) continue;
    const bool same = static_cast<int>(group) == state.group;
    Cycle& allowed = groups_[group].limits.activate;
    hold_until(allowed, now + (same ? activate_same_group_ : activate_other_group_));
    hold_until(allowed, rank.activates[rank.oldest]);
  }
  if (rank.open_banks++ == 0) rank.active_since = now;
}

void DramTimingState::close(int bank, Cycle now) {
  Bank& state = banks_[bank];
  state.open_row = -1;
  state.columns_used = 0;
  Rank& rank = ranks_[state.rank];
  if (--rank.open_banks == 0) rank.active_cycles += now - rank.active_since;
}

void DramTimingState::precharge(int bank, Cycle now) {
  Bank& state = banks_[bank];
  hold_until(state.activate, now + distance(timing_.rp));
  hold_until(state.refresh, now + distance(timing_.rp));
  close(bank, now);
  if (timing_.ppd == 0) return;
  const int first = state.rank * banks_per_rank_;
  for (int other = first; other < first + banks_per_rank_; ++other) {
    if (other != bank) hold_until(banks_[other].precharge, now + distance(timing_.ppd));
  }
}

void DramTimingState::read(int bank, Cycle now) {
  Bank& state = banks_[bank];
  ++state.columns_used;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const bool same = static_cast<int>(group) == state.group;
    hold_until(groups_[group].limits.read,
               now + read_to_read_.to(groups_[group], state.rank, same));
    hold_until(groups_[group].limits.write,
               now + read_to_write_.to(groups_[group], state.rank, same));
  }
  hold_until(state.precharge, now + distance(timing_.rtp));
  if (!closed_page_) return;
  const Cycle precharged = now + distance(timing_.rtp + timing_.rp);
  hold_until(state.activate, precharged + burst_cycles_);
  hold_until(state.refresh, precharged);
  close(bank, now);
}

void DramTimingState::write(int bank, Cycle now) {
  Bank& state = banks_[bank];
  ++state.columns_used;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const bool same = static_cast<int>(group) == state.group;
    hold_until(groups_[group].limits.read,
               now + write_to_read_.to(groups_[group], state.rank, same));
    hold_until(groups_[group].limits.write,
               now + write_to_write_.to(groups_[group], state.rank, same));
  }
  const Cycle recovered = now + distance(timing_.cwl + timing_.wr) + burst_cycles_;
  hold_until(state.precharge, recovered);
  if (!closed_page_) return;
  hold_until(state.activate, recovered + distance(timing_.rp));
  hold_until(state.refresh, recovered + distance(timing_.rp));
  close(bank, now);
}

void DramTimingState::refresh(int rank, Cycle now) {
  for (int bank = rank * banks_per_rank_; bank < (rank + 1) * banks_per_rank_; ++bank) {
    hold_until(banks_[bank].activate, now + distance(timing_.rfc));
    hold_until(banks_[bank].refresh, now + distance(timing_.rfc));
  }
}

std::uint64_t DramTimingState::active_cycles(Cycle now) const {
  std::uint64_t cycles = 0;
  for (const Rank& rank : ranks_) {
    cycles += rank.active_cycles;
    if (rank.open_banks > 0) cycles += now - rank.active_since;
  }
  return cycles;
}

}  // namespace qnnsim
