// SPDX-License-Identifier: Apache-2.0
#include "models/fork.h"

#include <algorithm>
#include <memory>

#include "models/block.h"

namespace qnnsim {
namespace {

ForkParams checked(ForkParams p) {
  require(p.branches >= 2, "fork: branches " + std::to_string(p.branches) + " is less than 2");
  require_positive("fork", "lanes", p.lanes);
  require_positive("fork", "beats", p.beats);
  return p;
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  ForkParams p;
  p.branches = a.count("branches", 2);
  p.lanes = a.count("lanes");
  p.beats = static_cast<std::uint64_t>(a.count("beats", 1));
  p.type = a.type("type");
  return std::make_unique<Fork>(p);
}

const BlockRegistration kBlock("fork", create_block);

}  // namespace

Fork::Fork(ForkParams params)
    : Kernel({{params.lanes, params.type, params.beats}},
             std::vector<Port>(checked(params).branches,
                               Port{params.lanes, params.type, params.beats})),
      params_(params),
      owed_(params.branches, 0) {}

Step Fork::tick(Cycle) {
  bool gave = false;
  if (owing_ > 0) {
    for (int branch = 0; branch < params_.branches; ++branch) {
      if (!owed_[branch] || !out(branch).can_push()) continue;
      Value* slot = out(branch).push();
      if (slot != nullptr) std::copy(held_.begin(), held_.end(), slot);
      owed_[branch] = 0;
      --owing_;
      gave = true;
    }
  }
  if (owing_ > 0) return Step::blocked(!gave);
  if (!in().can_pop()) return Step::starved(!gave);
  if (!held_.empty()) std::copy_n(in().front(), params_.lanes, held_.begin());
  in().pop();
  std::fill(owed_.begin(), owed_.end(), 1);
  owing_ = params_.branches;
  return Step::busy();
}

std::optional<RtlModule> Fork::rtl() const {
  return RtlModule("qnn_fork")
      .set("Branches", params_.branches)
      .set("Width", inputs().front().width_bits());
}

std::optional<Schedule> Fork::schedule() const {
  Schedule schedule;
  schedule.busy = BusyRule::kOutputFirst;
  Issue issue;
  issue.inputs = 1;
  issue.emits = 1;
  schedule.issues = {issue};
  return schedule;
}

Traits Fork::traits() const {
  return {{"branches", params_.branches}, {"lanes", params_.lanes}, {"bits", params_.type.bits()}};
}

}  // namespace qnnsim
