// SPDX-License-Identifier: Apache-2.0
#include "analysis/optimise/round.h"

#include "analysis/folding/folding_report.h"

namespace qnnsim {
namespace {

using Json = nlohmann::ordered_json;

Resources resources_from(const Json& json) {
  Resources resources;
  for (const ResourceKind& kind : kResourceKinds) json.at(kind.key).get_to(resources.*kind.count);
  return resources;
}

Json experience_json(const FoldingExperience& experience) {
  Json fifos = Json::object();
  for (const auto& [layer, use] : experience.fifos) fifos[layer] = resources_json(use);
  return {{"fifos", std::move(fifos)}, {"bandwidth", experience.bandwidth}};
}

FoldingExperience experience_from(const Json& json) {
  FoldingExperience experience;
  for (const auto& [layer, use] : json.at("fifos").items()) {
    experience.fifos[layer] = resources_from(use);
  }
  json.at("bandwidth").get_to(experience.bandwidth);
  return experience;
}

Json depths_json(const std::vector<EdgeDepth>& fifos) {
  Json json = Json::object();
  for (const EdgeDepth& fifo : fifos) json[fifo.edge] = fifo.depth;
  return json;
}

std::vector<EdgeDepth> depths_from(const Json& json) {
  std::vector<EdgeDepth> fifos;
  for (const auto& [edge, depth] : json.items()) {
    fifos.push_back({edge, depth.get<std::uint64_t>(), {}});
  }
  return fifos;
}

}  // namespace

Sizing OptimiseRound::depths() const {
  Sizing sizing;
  for (const EdgeDepth& edge : fifos) {
    SizedFifo fifo;
    fifo.name = edge.edge;
    fifo.depth = edge.depth;
    sizing.fifos.push_back(fifo);
  }
  sizing.kept = kept;
  return sizing;
}

Json to_json(const RoundTask& task) {
  return {{"interval", task.interval}, {"experience", experience_json(task.experience)}};
}

Json to_json(const OptimiseRound& round) {
  return {{"task", to_json(round.task)},
          {"refusal", round.refusal},
          {"hint", round.hint},
          {"estimated_interval", round.estimated_cycles},
          {"bottleneck", round.bottleneck},
          {"proof", round.proof},
          {"sized_for", round.sized_for},
          {"fifo_bits", round.fifo_bits},
          {"fifo_cost", round.fifo_cost},
          {"fifo_cost_unit", round.fifo_cost_unit},
          {"fifos_optimal", round.fifos_optimal},
          {"flows", round.measured.flows},
          {"interval", round.measured.interval},
          {"latency", round.measured.latency},
          {"resources", resources_json(round.resources)},
          {"fits", round.fits},
          {"waits_for_memory", round.waits_for_memory},
          {"learnt", experience_json(round.learnt)},
          {"folding", round.folding},
          {"changes", round.changes},
          {"fifos", depths_json(round.fifos)},
          {"kept_fifos", depths_json(round.kept)},
          {"seconds", round.seconds}};
}

OptimiseRound round_from(const Json& json) {
  OptimiseRound round;
  json.at("task").at("interval").get_to(round.task.interval);
  round.task.experience = experience_from(json.at("task").at("experience"));
  json.at("refusal").get_to(round.refusal);
  json.at("hint").get_to(round.hint);
  json.at("estimated_interval").get_to(round.estimated_cycles);
  json.at("bottleneck").get_to(round.bottleneck);
  json.at("proof").get_to(round.proof);
  json.at("sized_for").get_to(round.sized_for);
  json.at("fifo_bits").get_to(round.fifo_bits);
  json.at("fifo_cost").get_to(round.fifo_cost);
  json.at("fifo_cost_unit").get_to(round.fifo_cost_unit);
  json.at("fifos_optimal").get_to(round.fifos_optimal);
  json.at("flows").get_to(round.measured.flows);
  json.at("interval").get_to(round.measured.interval);
  json.at("latency").get_to(round.measured.latency);
  round.resources = resources_from(json.at("resources"));
  json.at("fits").get_to(round.fits);
  json.at("waits_for_memory").get_to(round.waits_for_memory);
  round.learnt = experience_from(json.at("learnt"));
  json.at("folding").get_to(round.folding);
  json.at("changes").get_to(round.changes);
  round.fifos = depths_from(json.at("fifos"));
  round.kept = depths_from(json.at("kept_fifos"));
  json.at("seconds").get_to(round.seconds);
  return round;
}

}  // namespace qnnsim
