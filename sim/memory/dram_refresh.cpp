// SPDX-License-Identifier: Apache-2.0
//
// How a channel refreshes its ranks.
#include <algorithm>

#include "sim/memory/dram_channel.h"

namespace qnnsim {

// The ranks are refreshed in turn, one every tREFI / ranks; none is postponed.
void DramChannel::start_refresh() {
  refresh_ranks_.push_back(refresh_rank_);
  refresh_rank_ = (refresh_rank_ + 1) % spec_.ranks;
  refresh_due_ += refresh_interval_;
  plan_.valid = false;
}

/// In which cycle the oldest waiting refresh can go on.
Cycle DramChannel::refresh_ready_at() const {
  const int rank = refresh_ranks_.front();
  if (banks_.open_banks(rank) == 0) return banks_.refresh_at(rank);
  Cycle earliest = kNever;
  const int first = rank * spec_.banks();
  for (int bank = first; bank < first + spec_.banks(); ++bank) {
    if (banks_.is_open(bank)) earliest = std::min(earliest, banks_.precharge_at(bank));
  }
  return earliest;
}

// A refresh goes before everything else: it closes the first bank that may be closed, and when all
// are, it is issued. Requests to its rank wait meanwhile.
bool DramChannel::advance_refresh() {
  if (refresh_ready_at() > now_) return false;
  plan_.valid = false;
  const int rank = refresh_ranks_.front();
  int bank = rank * spec_.banks();
  if (banks_.open_banks(rank) > 0) {
    while (!banks_.is_open(bank) || banks_.precharge_at(bank) > now_) ++bank;
    issue_precharge(bank);
    return true;
  }
  banks_.refresh(rank, now_);
  changed(rank);
  refresh_ranks_.erase(refresh_ranks_.begin());
  ++counts_.refreshes;
  report(DramCommandKind::kRefresh, bank, -1, -1);
  return true;
}

/// Where nothing but refreshes is to be done, most of those before `end` are only counted.
void DramChannel::skip_idle_refreshes(Cycle end) {
  const bool idle = bank_queues_.queued() == 0 && !movable_ && refresh_ranks_.empty();
  if (!idle || observer_) return;
  for (int rank = 0; rank < spec_.ranks; ++rank) {
    if (banks_.open_banks(rank) > 0 || banks_.refresh_at(rank) > refresh_due_) return;
  }
  // The last one of each rank is simulated, for what it leaves behind.
  const Cycle ranks = spec_.ranks;
  const Cycle due = (end - 1 - refresh_due_) / refresh_interval_ + 1;
  if (due <= 2 * ranks || refresh_interval_ * ranks <= Cycle(spec_.timing.rfc)) return;
  const Cycle skipped = (due / ranks - 1) * ranks;
  counts_.refreshes += skipped;
  refresh_due_ += skipped * refresh_interval_;
  schedule_wake();
}

}  // namespace qnnsim
