// SPDX-License-Identifier: Apache-2.0
#include "models/weight_memory.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "models/block.h"

namespace qnnsim {
namespace {

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  WeightMemoryParams p;
  p.lanes = a.count("lanes");
  p.tiles = static_cast<std::uint64_t>(a.count("tiles"));
  p.beats = static_cast<std::uint64_t>(a.count("beats", static_cast<int>(p.tiles)));
  p.type = a.type("type");
  return std::make_unique<WeightMemory>(p);
}

const BlockRegistration kBlock("weight_memory", create_block);

}  // namespace

WeightMemory::WeightMemory(WeightMemoryParams params, std::vector<Value> tiles)
    : Kernel({}, {{params.lanes, params.type, params.beats}}),
      params_(params),
      tiles_(std::move(tiles)) {
  require_positive("weight memory", "lanes", params.lanes);
  require_positive("weight memory", "tiles", params.tiles);
  require_positive("weight memory", "beats", params.beats);
}

Step WeightMemory::tick(Cycle) {
  if (!pipeline_.has_room(out())) {
    const bool still = pipeline_.is_still(out());
    pipeline_.advance(out(), false);
    return Step::blocked(still);
  }
  if (pipeline_.carries_data()) {
    std::copy_n(&tiles_[address_ * params_.lanes], params_.lanes, pipeline_.issue_slot());
  }
  pipeline_.advance(out(), true);
  if (++address_ == params_.tiles) address_ = 0;
  return Step::busy();
}

void WeightMemory::carry_data() {
  require_tiles();
  pipeline_.carry_data(params_.lanes);
}

void WeightMemory::require_tiles() const {
  require(tiles_.size() == params_.tiles * params_.lanes, "weight memory: tiles are missing");
}

std::optional<RtlModule> WeightMemory::rtl() const {
  require_tiles();
  return RtlModule("qnn_weight_memory")
      .set("Width", outputs().front().width_bits())
      .set("Tiles", static_cast<std::int64_t>(params_.tiles))
      .set_memory({"TileFile", params_.lanes, params_.type, tiles_});
}

std::optional<Schedule> WeightMemory::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  Issue issue;
  issue.emits = 1;
  schedule.issues = {issue};
  return schedule;
}

Traits WeightMemory::traits() const {
  return {{"lanes", params_.lanes},
          {"tiles", static_cast<std::int64_t>(params_.tiles)},
          {"beats", static_cast<std::int64_t>(params_.beats)},
          {"bits", params_.type.bits()}};
}

std::vector<KernelMemory> WeightMemory::memories() const {
  std::vector<KernelMemory> memories = queue_memory(outputs().front(), pipeline_.depth());
  memories.push_back({params_.tiles, outputs().front().width_bits(), "auto", 1, true});
  return memories;
}

}  // namespace qnnsim
