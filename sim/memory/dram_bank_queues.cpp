// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_bank_queues.h"

#include <algorithm>

namespace qnnsim {

DramBankQueues::DramBankQueues(const DramSpec& spec, const DramRequests& requests,
                               const DramTimingState& banks)
    : requests_(requests),
      banks_(banks),
      depth_(spec.policy.bank_queue),
      row_hit_cap_(spec.policy.row_hit_cap),
      entries_(static_cast<std::size_t>(banks.banks()) * spec.policy.bank_queue),
      states_(banks.banks()),
      occupied_((banks.banks() + 63) / 64) {}

void DramBankQueues::push(int bank, int request) {
  State& state = states_[bank];
  const DramRequest& added = requests_[request];
  entries_[bank * depth_ + state.size++] = {added.row, added.column, request, added.write};
  ++queued_;
  occupied_[bank / 64] |= std::uint64_t(1) << (bank % 64);
  survey(bank);
}

void DramBankQueues::pop(int bank, int position) {
  State& state = states_[bank];
  Entry* queue = &entries_[bank * depth_];
  std::copy(queue + position + 1, queue + state.size, queue + position);
  --state.size;
  --queued_;
  if (state.size == 0) occupied_[bank / 64] &= ~(std::uint64_t(1) << (bank % 64));
  survey(bank);
}

bool DramBankQueues::waits_for_a_read(const Entry* queue, int position) const {
  for (int older = 0; older < position; ++older) {
    if (!queue[older].write && queue[older].row == queue[position].row &&
        queue[older].column == queue[position].column) {
      return true;
    }
  }
  return false;
}

void DramBankQueues::survey(int bank) {
  State& state = states_[bank];
  state.read = kNone;
  state.write = kNone;
  state.precharge = false;
  const std::int64_t row = banks_.open_row(bank);
  state.open = row >= 0;
  if (!state.open || state.size == 0) return;
  const Entry* queue = &entries_[bank * depth_];
  bool hit = false;
  for (int position = 0; position < state.size; ++position) {
    if (queue[position].row != row) continue;
    hit = true;
    if (!queue[position].write) {
      if (state.read == kNone) state.read = position;
    } else if (state.write == kNone && !waits_for_a_read(queue, position)) {
      state.write = position;
    }
    if (state.read != kNone && state.write != kNone) break;
  }
  state.precharge = queue[0].row != row && (!hit || banks_.columns_used(bank) >= row_hit_cap_);
}

Cycle DramBankQueues::ready_at(int bank) const {
  const State& state = states_[bank];
  if (!state.open) return state.size == 0 ? kNever : banks_.activate_at(bank);
  Cycle earliest = kNever;
  if (state.read != kNone) earliest = banks_.read_at(bank);
  if (state.write != kNone) earliest = std::min(earliest, banks_.write_at(bank));
  if (state.precharge) earliest = std::min(earliest, banks_.precharge_at(bank));
  return earliest;
}

DramBankQueues::Choice DramBankQueues::choose(int bank, Cycle now) const {
  const State& state = states_[bank];
  if (!state.open) return {DramCommandKind::kActivate, 0};
  if (state.precharge && banks_.precharge_at(bank) <= now) return {DramCommandKind::kPrecharge, 0};
  const bool read = state.read != kNone && banks_.read_at(bank) <= now;
  const bool write = state.write != kNone && banks_.write_at(bank) <= now;
  if (read && (!write || state.read < state.write)) return {DramCommandKind::kRead, state.read};
  return {DramCommandKind::kWrite, state.write};
}

}  // namespace qnnsim
