// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/rank_crew.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

/// Rank 0 asks for the end by it, and the others answer with it: it is the last that they send.
constexpr char kEnd[] = "null";

std::string text_of(const PointJob& job) {
  return Json{{"point", job.point}, {"directory", job.directory}, {"arguments", job.arguments}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

PointJob job_in(const std::string& text) {
  const Json json = Json::parse(text);
  return {json["point"], json["directory"], json["arguments"]};
}

std::string text_of(const PointOutcome& outcome) {
  return Json{{"point", outcome.point},     {"exit_code", outcome.exit_code},
              {"output", outcome.output},   {"errors", outcome.errors},
              {"seconds", outcome.seconds}, {"host", outcome.host}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

PointOutcome outcome_in(const std::string& text) {
  const Json json = Json::parse(text);
  return {json["point"],  json["exit_code"], json["output"],
          json["errors"], json["seconds"],   json["host"]};
}

}  // namespace

RankCrew::RankCrew(World& world, int places)
    : world_(world), own_(places), free_(static_cast<std::size_t>(world.size()), places) {
  free_[0] = 0;
}

RankCrew::~RankCrew() {
  for (int rank = 1; rank < world_.size(); ++rank) world_.send(rank, kEnd);
  for (int left = world_.size() - 1; left > 0;) {
    const std::optional<Message> message = world_.receive();
    if (message && message->text == kEnd) --left;
    if (!message) own_.next();
  }
}

int RankCrew::places() const { return own_.places() * world_.size(); }

bool RankCrew::has_room() const {
  return own_.has_room() || *std::max_element(free_.begin(), free_.end()) > 0;
}

void RankCrew::start(const PointJob& job) {
  const auto emptiest = std::max_element(free_.begin(), free_.end());
  if (*emptiest == 0) {
    own_.start(job);
    return;
  }
  --*emptiest;
  world_.send(static_cast<int>(emptiest - free_.begin()), text_of(job));
}

std::optional<PointOutcome> RankCrew::next() {
  if (const std::optional<Message> message = world_.receive()) {
    ++free_[static_cast<std::size_t>(message->from)];
    return outcome_in(message->text);
  }
  return own_.next();
}

void serve_crew(World& world, int places) {
  LocalCrew crew(places);
  while (true) {
    const std::optional<Message> message = world.receive();
    if (message && message->text == kEnd) break;
    if (message) crew.start(job_in(message->text));
    if (const auto outcome = crew.next()) world.send(0, text_of(*outcome));
  }
  world.send(0, kEnd);
}

}  // namespace qnnsim
