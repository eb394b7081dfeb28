// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_bank_queues.h"

namespace qnnsim {

DramBankQueues::DramBankQueues(const DramSpec& spec, const DramRequests& requests,
                               const DramTimingState& banks)
    : requests_(requests),
      banks_(banks),
      depth_(spec.policy.bank_queue),
      row_hit_cap_(spec.policy.row_hit_cap),
      entries_(static_cast<std::size_t>(banks.banks()) * spec.policy.bank_queue),
      states_(banks.banks()),
      ready_(banks.banks()),
      occupied_((banks.banks() + 63) / 64),
      room_(occupied_.size(), ~std::uint64_t(0)) {
  for (int bank = 0; bank < banks.banks(); ++bank) ready_[bank].group = &banks.group_limits(bank);
}

void DramBankQueues::push(int bank, int request) {
  State& state = states_[bank];
  const DramRequest& added = requests_[request];
  entries_[bank * depth_ + state.size++] = {added.row, added.column, request, added.write};
  ++queued_;
  const std::uint64_t bit = std::uint64_t(1) << (bank % 64);
  occupied_[bank / 64] |= bit;
  if (state.size == depth_) room_[bank / 64] &= ~bit;
  survey(bank);
}

void DramBankQueues::pop(int bank, int position) {
  State& state = states_[bank];
  Entry* queue = &entries_[bank * depth_];
  std::copy(queue + position + 1, queue + state.size, queue + position);
  --state.size;
  --queued_;
  const std::uint64_t bit = std::uint64_t(1) << (bank % 64);
  if (state.size == 0) occupied_[bank / 64] &= ~bit;
  room_[bank / 64] |= bit;
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
  Ready& ready = ready_[bank];
  state.read = kNone;
  state.write = kNone;
  ready.activate = ready.precharge = ready.read = ready.write = kNever;
  if (state.size == 0) return;
  const std::int64_t row = banks_.open_row(bank);
  if (row < 0) {
    ready.activate = banks_.activate_at(bank);
    return;
  }
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
  if (state.read != kNone) ready.read = banks_.read_at(bank);
  if (state.write != kNone) ready.write = banks_.write_at(bank);
  if (queue[0].row != row && (!hit || banks_.columns_used(bank) >= row_hit_cap_)) {
    ready.precharge = banks_.precharge_at(bank);
  }
}

DramBankQueues::Choice DramBankQueues::choose(int bank, Cycle now) const {
  const State& state = states_[bank];
  const Ready& ready = ready_[bank];
  if (ready.activate != kNever) return {DramCommandKind::kActivate, 0};
  if (ready.precharge <= now) return {DramCommandKind::kPrecharge, 0};
  const bool read = std::max(ready.read, ready.group->read) <= now;
  const bool write = std::max(ready.write, ready.group->write) <= now;
  if (read && (!write || state.read < state.write)) return {DramCommandKind::kRead, state.read};
  return {DramCommandKind::kWrite, state.write};
}

}  // namespace qnnsim
