// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_channel.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace qnnsim {
namespace {

std::size_t most_pending(const DramSpec& spec) {
  return std::size_t(spec.policy.read_queue) + spec.policy.write_queue +
         std::size_t(spec.ranks) * spec.banks() * spec.policy.bank_queue;
}

int floor_log2(std::uint64_t value) { return 63 - __builtin_clzll(value); }

}  // namespace

DramChannel::DramChannel(const DramSpec& spec)
    : spec_(spec),
      read_cycles_(spec.timing.cl + spec.burst_cycles()),
      write_cycles_(spec.timing.cwl + spec.burst_cycles()),
      banks_(spec),
      requests_(most_pending(spec)),
      bank_queues_(spec, requests_, banks_),
      reads_(spec.policy.read_queue, banks_.banks()),
      writes_(spec.policy.write_queue, banks_.banks()) {
  counts_.read_latency.resize(64);
  if (spec.policy.refresh) {
    refresh_interval_ = spec.timing.refi / spec.ranks;
    refresh_due_ = refresh_interval_;
  }
  wake_ = refresh_due_;
}

void DramChannel::run_until(Cycle end) {
  while (wake_ < end) {
    if (wake_ == refresh_due_) skip_idle_refreshes(end);
    now_ = wake_;
    step();
  }
  now_ = std::max(now_, end);
}

void DramChannel::run_until_accepts(bool write, Cycle end) {
  while (!accepts(write) && wake_ < end) {
    now_ = wake_;
    step();
  }
  if (!accepts(write)) now_ = std::max(now_, end);
}

// Writes that neither fill their queue nor exceed the threshold of an idle channel would stay for
// ever: they are drained when nothing else is left.
void DramChannel::finish() {
  while (bank_queues_.queued() > 0 || reads_.size() > 0 || writes_.size() > 0) {
    if (pending_reads_ == 0 && bank_queues_.queued() == 0 && writes_.size() > 0 && drain_ == 0) {
      drain_ = writes_.size();
      if (!writes_are_many()) counts_.flushed_writes += writes_.size();
      movable_ = true;
      wake_ = now_;
    }
    now_ = wake_;
    step();
  }
  if (data_end_ > now_) run_until(data_end_);
}

bool DramChannel::accepts(bool write) const {
  if (write && !spec_.policy.unified_queue) {
    return writes_.size() < spec_.policy.write_queue;
  }
  return reads_.size() < spec_.policy.read_queue;
}

// A read of what a pending write brings takes the write's data; a second read of a place is served
// by the first one's RD, a second write by the first one's WR.
void DramChannel::accept(const DramAddress& address, bool write, std::uint64_t tag) {
  assert(accepts(write));
  DramRequest request;
  request.bank =
      address.rank * spec_.banks() + address.bank_group * spec_.banks_per_group + address.bank;
  request.place = (static_cast<std::uint64_t>(request.bank) * spec_.rows + address.row) *
                      spec_.bursts_per_row() +
                  address.column;
  request.row = address.row;
  request.column = static_cast<int>(address.column);
  request.tag = tag;
  request.added = now_;
  request.write = write;
  ++(write ? counts_.write_requests : counts_.read_requests);

  const bool written =
      pending_writes_ > 0 && requests_.find(request.place, true) != DramRequests::kNone;
  if (write || written) completions_.push_back({tag, now_ + 1});
  if (!write && written) {
    count_read(now_, now_ + 1);
    data_end_ = std::max(data_end_, now_ + 2);
  }
  if (written) return;
  if (!write && pending_reads_ > 0) {
    const int first = requests_.find(request.place, false);
    if (first != DramRequests::kNone) return requests_.merge(first, request);
  }
  ++(write ? pending_writes_ : pending_reads_);
  auto& queue = write && !spec_.policy.unified_queue ? writes_ : reads_;
  queue.push({requests_.add(request), request.bank});
  // A read behind others that find no room finds none either, unless its bank has some.
  if (movable_ || write || bank_queues_.has_room(request.bank)) {
    movable_ = true;
    wake_ = std::min(wake_, now_);
  }
}

std::vector<DramCompletion> DramChannel::take_completions() {
  return std::exchange(completions_, {});
}

void DramChannel::take_completions(std::vector<DramCompletion>& completions) {
  completions.clear();
  completions.swap(completions_);
}

void DramChannel::skip_nothing() {
  skips_ = false;
  schedule_wake();
}

void DramChannel::observe(std::function<void(const DramCommand&)> observer) {
  observer_ = std::move(observer);
}

DramCounts DramChannel::counts() const {
  DramCounts counts = counts_;
  counts.rank_active_cycles = banks_.active_cycles(now_);
  counts.rank_idle_cycles = now_ * spec_.ranks - counts.rank_active_cycles;
  while (!counts.read_latency.empty() && counts.read_latency.back() == 0) {
    counts.read_latency.pop_back();
  }
  return counts;
}

/// Simulates cycle `now_`.
void DramChannel::step() {
  if (now_ == refresh_due_) start_refresh();
  const std::uint64_t columns = counts_.reads + counts_.writes;
  const bool issued = (!refresh_ranks_.empty() && advance_refresh()) || issue_planned();
  if (issued && spec_.policy.separate_column_bus) {
    issue_beside(counts_.reads + counts_.writes > columns);
  }
  if (movable_) move_request();
  ++now_;
  schedule_wake();
}

void DramChannel::schedule_wake() {
  if (!skips_) {
    plan_.valid = false;
    movable_ = true;
    wake_ = now_;
    return;
  }
  if (!plan_.valid) make_plan(now_);
  wake_ = std::min(plan_.cycle, refresh_due_);
  if (movable_) wake_ = now_;
  if (!refresh_ranks_.empty()) wake_ = std::min(wake_, std::max(now_, refresh_ready_at()));
}

/// Finds the queue that is served next, from cycle `earliest` on: the first in turn among those
/// that are ready first.
void DramChannel::make_plan(Cycle earliest) {
  Cycle cycle = kNever;
  int first = 0;
  if (bank_queues_.queued() > 0) {
    const int refreshed = refresh_ranks_.empty() ? -1 : refresh_ranks_.front();
    bank_queues_.visit(last_served_, [&](int bank) {
      if (refreshed >= 0 && banks_.rank(bank) == refreshed) return false;
      const Cycle ready = std::max(bank_queues_.ready_at(bank), earliest);
      const bool sooner = ready < cycle;
      cycle = sooner ? ready : cycle;
      first = sooner ? bank : first;
      return ready == earliest;
    });
  }
  plan_ = {true, cycle, first};
}

/// A request has come into the queue of `bank`.
void DramChannel::update_plan(int bank) {
  if (!plan_.valid) return;
  if (plan_.bank == bank || !refresh_ranks_.empty()) {
    plan_.valid = false;
    return;
  }
  const Cycle ready = std::max(bank_queues_.ready_at(bank), now_ + 1);
  if (ready > plan_.cycle) return;
  const int banks = banks_.banks();
  const auto turn = [&](int other) { return (other - last_served_ - 1 + banks) % banks; };
  if (ready < plan_.cycle || turn(bank) < turn(plan_.bank)) plan_ = {true, ready, bank};
}

DramBankQueues::Choice DramChannel::take_planned() {
  last_served_ = plan_.bank;
  plan_.valid = false;
  return bank_queues_.choose(plan_.bank, now_);
}

bool DramChannel::issue_planned() {
  if (!plan_.valid) make_plan(now_);
  if (plan_.cycle > now_) return false;
  issue(take_planned(), plan_.bank);
  return true;
}

/// A second command in this cycle, on the other bus than the first, which was a column command or
/// not. If the queue whose turn it is wants the same bus, it has lost its turn.
void DramChannel::issue_beside(bool column) {
  make_plan(now_);
  if (plan_.cycle > now_) return;
  const DramBankQueues::Choice choice = take_planned();
  const bool second_column =
      choice.kind == DramCommandKind::kRead || choice.kind == DramCommandKind::kWrite;
  if (second_column == column) {
    counts_.lost_precharges += choice.kind == DramCommandKind::kPrecharge;
    return;
  }
  issue(choice, plan_.bank);
  ++counts_.dual_commands;
}

void DramChannel::issue(DramBankQueues::Choice choice, int bank) {
  const int index = bank_queues_.request(bank, choice.position);
  const DramRequest& request = requests_[index];
  switch (choice.kind) {
    case DramCommandKind::kActivate:
      banks_.activate(bank, request.row, now_);
      bank_queues_.changed(bank);
      ++counts_.activates;
      report(choice.kind, bank, request.row, request.column);
      return;
    case DramCommandKind::kPrecharge:
      ++counts_.conflicts;
      issue_precharge(bank);
      return;
    case DramCommandKind::kRead:
      counts_.read_row_hits += banks_.columns_used(bank) > 0;
      ++counts_.reads;
      --pending_reads_;
      banks_.read(bank, now_);
      data_end_ = std::max(data_end_, now_ + read_cycles_ + 1);
      complete_reads(index);
      break;
    case DramCommandKind::kWrite:
      counts_.write_row_hits += banks_.columns_used(bank) > 0;
      ++counts_.writes;
      --pending_writes_;
      banks_.write(bank, now_);
      data_end_ = std::max(data_end_, now_ + write_cycles_);
      counts_.write_latency_sum += now_ + write_cycles_ - request.added;
      break;
    case DramCommandKind::kRefresh:
      return;
  }
  report(choice.kind, bank, request.row, request.column);
  bank_queues_.pop(bank, choice.position);
  requests_.remove(index);
  movable_ = true;
}

void DramChannel::issue_precharge(int bank) {
  banks_.precharge(bank, now_);
  if (spec_.timing.ppd > 0) changed(banks_.rank(bank));
  bank_queues_.changed(bank);
  ++counts_.precharges;
  report(DramCommandKind::kPrecharge, bank, -1, -1);
}

/// The banks of `rank` take their next commands at other times.
void DramChannel::changed(int rank) {
  const int first = rank * spec_.banks();
  for (int bank = first; bank < first + spec_.banks(); ++bank) bank_queues_.changed(bank);
}

void DramChannel::complete_reads(int request) {
  const Cycle end = now_ + read_cycles_;
  for (int read = request; read != DramRequests::kNone; read = requests_[read].next) {
    completions_.push_back({requests_[read].tag, end});
    count_read(requests_[read].added, end);
  }
}

void DramChannel::count_read(Cycle added, Cycle end) {
  const Cycle latency = end - added;
  counts_.last_read_end = std::max(counts_.last_read_end, end);
  counts_.read_latency_sum += latency;
  counts_.read_latency_max = std::max(counts_.read_latency_max, latency);
  ++counts_.read_latency[floor_log2(latency)];
}

bool DramChannel::writes_are_many() const {
  return writes_.size() >= spec_.policy.write_queue ||
         (writes_.size() > spec_.policy.write_drain_idle && bank_queues_.queued() == 0);
}

// One request a cycle moves into the queue of its bank: the oldest that finds room there. Reads go
// first until the writes are many or the banks idle; then all the writes go. A write whose place
// has a pending read ends that.
void DramChannel::move_request() {
  if (spec_.policy.unified_queue) {
    movable_ = move_first(reads_) && reads_.any(bank_queues_.room());
    return;
  }
  if (drain_ == 0 && writes_are_many()) drain_ = writes_.size();
  if (drain_ == 0) {
    movable_ = move_first(reads_) && reads_.any(bank_queues_.room());
    return;
  }
  movable_ = false;
  if (!writes_.any(bank_queues_.room())) return;
  for (int position = 0; position < writes_.size(); ++position) {
    if (!bank_queues_.has_room(writes_[position].bank)) continue;
    const std::uint64_t place = requests_[writes_[position].request].place;
    if (pending_reads_ == 0 || requests_.find(place, false) == DramRequests::kNone) {
      --drain_;
      move(writes_, position);
      movable_ = true;
      return;
    }
    drain_ = 0;
    // DRAMsim3 waits for ever if that read is not in its bank's queue (its issues 2 and 27).
    movable_ = (bank_queues_.queued() == 0 && move_first(reads_)) || !writes_are_many();
    return;
  }
}

bool DramChannel::move_first(DramRequestQueue& queue) {
  if (!queue.any(bank_queues_.room())) return false;
  int position = 0;
  while (!bank_queues_.has_room(queue[position].bank)) ++position;
  move(queue, position);
  return true;
}

void DramChannel::move(DramRequestQueue& queue, int position) {
  const DramRequestQueue::Entry moved = queue.take(position);
  bank_queues_.push(moved.bank, moved.request);
  update_plan(moved.bank);
}

void DramChannel::report(DramCommandKind kind, int bank, std::int64_t row,
                         std::int64_t column) const {
  if (!observer_) return;
  DramCommand command;
  command.cycle = now_;
  command.kind = kind;
  command.address.rank = banks_.rank(bank);
  command.address.bank_group = bank / spec_.banks_per_group % spec_.bank_groups;
  command.address.bank = bank % spec_.banks_per_group;
  command.address.row = row;
  command.address.column = column;
  command.precharges = spec_.policy.page == PagePolicy::kClosed &&
                       (kind == DramCommandKind::kRead || kind == DramCommandKind::kWrite);
  observer_(command);
}

}  // namespace qnnsim
