// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/sweep/local_crew.h"
#include "analysis/sweep/world.h"

namespace qnnsim {

/// Runs points on every rank of a world: on rank 0, to which it belongs, and by messages on the
/// others, which are to be in `serve_crew`.
class RankCrew final : public Crew {
 public:
  /// `places` of each rank. `world` must outlive the crew.
  RankCrew(World& world, int places);
  /// Ends what is under way, and `serve_crew` of the other ranks.
  ~RankCrew() override;
  RankCrew(const RankCrew&) = delete;
  RankCrew& operator=(const RankCrew&) = delete;

  int places() const override;
  bool has_room() const override;
  void start(const PointJob& job) override;
  std::optional<PointOutcome> next() override;

 private:
  World& world_;
  LocalCrew own_;
  std::vector<int> free_;  ///< places of each rank; [0]: none, those are `own_`
};

/// Runs what the RankCrew of rank 0 sends to this rank, `places` points at once, until it ends.
void serve_crew(World& world, int places);

}  // namespace qnnsim
