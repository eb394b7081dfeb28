// SPDX-License-Identifier: Apache-2.0
#include "sim/cost_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/block.h"
#include "models/mac_style.h"
#include "models/memory_blocks.h"
#include "sim/formula.h"
#include "sim/yaml_reader.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;

/// The formulas of a block, one for each of kResourceKinds where there is any.
using Block = std::array<std::optional<Formula>, kResourceKinds.size()>;

/// What a model may speak of: every block, and the kinds of FIFOs.
std::vector<std::string> known_blocks() {
  std::vector<std::string> known = {"fifo_register", "fifo_srl", "fifo_ram"};
  known.insert(known.end(), block_names().begin(), block_names().end());
  return known;
}

/// The sum of the formulas of a map, each times its value; nothing where it has none.
std::optional<Formula> read_sum(YamlReader& block, const char* kind) {
  if (!block.has(kind)) return std::nullopt;
  YamlReader terms = block.map(kind, fmt::format("'{}'", kind));
  std::string sum;
  for (const std::string& term : terms.keys()) {
    sum += fmt::format("{}{} * ({})", sum.empty() ? "" : " + ", terms.positive(term), term);
  }
  if (sum.empty()) return std::nullopt;
  try {
    return Formula(sum);
  } catch (const std::invalid_argument& error) {
    block.complain(kind, fmt::format("no formula: {}", error.what()));
    return std::nullopt;
  }
}

}  // namespace

struct CostModel::Blocks {
  bool counted = false;  ///< memories and DSP slices by rules, beside the formulas
  std::uint64_t fifo_srl_depth = 32;
  LutRam packing = LutRam::kQuads;
  std::int64_t slice = 0;  ///< 1 DSP48E1, 2 DSP48E2, 3 DSP58
  std::map<std::string, Block, std::less<>> blocks;
};

CostModel::CostModel() : blocks_(std::make_shared<Blocks>()) {}

CostModel CostModel::load(const std::string& name, const Platform& platform, const Place& place,
                          Findings& findings) {
  CostModel model;
  model.name_ = name;
  auto blocks = std::make_shared<Blocks>();
  model.blocks_ = blocks;
  const std::string family = cost_family(platform);
  if (family == "xcup") blocks->packing = LutRam::kOctets;
  blocks->slice = static_cast<std::int64_t>(dsp_style(platform.dsp_type));

  const std::vector<std::string> known = config_names("costs");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    findings.add(place, fmt::format("unknown cost model '{}'", name), suggest(name, known));
    return model;
  }
  const std::string path = (fs::path(config_directory()) / "costs" / (name + ".yaml")).string();
  YamlPtr root = load_yaml(path, place, findings);
  if (!root) return model;
  YamlReader reader(std::move(root), "the cost model", findings);
  reader.text("costs");
  reader.text("source");
  blocks->counted = reader.boolean("counted", false);
  blocks->fifo_srl_depth =
      static_cast<std::uint64_t>(reader.integer("fifo_srl_depth", {}, 2, 1 << 16));
  const std::vector<std::string> blocks_known = known_blocks();
  for (YamlReader& entry : reader.maps("blocks", "a block")) {
    const std::string block = entry.text("block");
    const bool is_known =
        std::find(blocks_known.begin(), blocks_known.end(), block) != blocks_known.end();
    if (!block.empty() && !is_known) {
      entry.complain("block", fmt::format("there is no block '{}'", block),
                     suggest(block, blocks_known));
    }
    const std::string of = entry.choice("family", {"any", "xc7", "xcup"});
    if (of != "any" && of != family) continue;
    Block formulas;
    for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
      formulas[i] = read_sum(entry, kResourceKinds[i].key);
    }
    entry.value("points");  // for readers: how it was fitted
    entry.value("stand_ins");
    entry.value("error");
    entry.finish();
    blocks->blocks[block] = std::move(formulas);
  }
  reader.finish();
  return model;
}

Resources CostModel::evaluate(std::string_view block, const Traits& traits) const {
  Resources resources;
  const auto found = blocks_->blocks.find(block);
  if (found == blocks_->blocks.end()) return resources;
  for (std::size_t i = 0; i < kResourceKinds.size(); ++i) {
    const std::optional<Formula>& formula = found->second[i];
    if (formula) resources.*kResourceKinds[i].count = std::llround((*formula)(traits));
  }
  return resources;
}

Resources CostModel::memory(const KernelMemory& memory) const {
  return memory_blocks(memory, blocks_->packing);
}

Resources CostModel::of(const Kernel& kernel) const {
  const std::string_view block = kernel.block();
  Resources resources;
  if (knows(block)) {
    Traits traits = kernel.traits();
    if (!blocks_->counted) {
      const std::string style = kernel.memory_style();
      traits["memory_lut"] = style == "lut" ? 1 : 0;
      traits["memory_uram"] = style == "uram" ? 1 : 0;
      traits["slice"] = blocks_->slice;
    }
    resources = evaluate(block, traits);
  }
  if (blocks_->counted || !knows(block)) {
    resources.dsp += static_cast<std::int64_t>(kernel.dsps());
  }
  if (blocks_->counted && knows(block)) {
    for (const KernelMemory& each : kernel.memories()) resources += memory(each);
  }
  return resources;
}

std::string CostModel::fifo_style(std::int64_t width, std::uint64_t depth) const {
  if (depth <= 2) return "register";
  if (depth <= blocks_->fifo_srl_depth) return "srl";
  return blocks_->counted ? memory_style({depth, width}) : "bram";
}

Resources CostModel::of_fifo(std::int64_t width, std::uint64_t depth) const {
  const std::string style = fifo_style(width, depth);
  const bool is_ram = style != "register" && style != "srl";
  Resources resources = evaluate(is_ram ? "fifo_ram" : "fifo_" + style,
                                 {{"width", width}, {"depth", static_cast<std::int64_t>(depth)}});
  if (blocks_->counted && is_ram) resources += memory({depth, width});
  return resources;
}

bool CostModel::knows(std::string_view block) const {
  return blocks_->blocks.find(block) != blocks_->blocks.end();
}

bool CostModel::estimates(const ResourceKind& kind) const {
  if (blocks_->counted) return true;
  const std::size_t index = static_cast<std::size_t>(&kind - kResourceKinds.data());
  return std::any_of(blocks_->blocks.begin(), blocks_->blocks.end(),
                     [index](const auto& block) { return block.second[index].has_value(); });
}

std::string cost_family(const Platform& platform) {
  return platform.dsp_type == "DSP48E1" ? "xc7" : "xcup";
}

Resources limits(const Platform& platform) {
  return {platform.lut, platform.ff, platform.dsp, platform.bram18, platform.uram};
}

}  // namespace qnnsim
