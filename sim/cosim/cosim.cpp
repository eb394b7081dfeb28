// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/cosim.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "sim/cosim/memory_files.h"
#include "sim/cosim/rtl_kernel.h"
#include "sim/installation.h"

namespace qnnsim {
namespace {

/// A kernel that is to become RTL.
struct Chosen {
  std::size_t node = 0;
  const CosimChoice* choice = nullptr;
  std::optional<RtlModule> module;  ///< of our own RTL
};

/// The nodes that a choice means: a kernel, or every kernel of a layer, or all.
std::vector<std::size_t> meant(const CosimChoice& choice, const Dataflow& dataflow,
                               Findings& findings) {
  std::vector<std::size_t> nodes;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < dataflow.nodes.size(); ++i) {
    const KernelNode& node = dataflow.nodes[i];
    if (node.outside) continue;
    names.push_back(node.name);
    if (std::find(names.begin(), names.end(), node.layer) == names.end()) {
      names.push_back(node.layer);
    }
    if (choice.name == "all" || choice.name == node.layer || choice.name == node.name) {
      nodes.push_back(i);
    }
  }
  if (nodes.empty()) {
    findings.add(choice.place, fmt::format("'{}' names no layer and no kernel", choice.name),
                 suggest(choice.name, names));
  }
  if (nodes.size() > 1 && choice.foreign) {
    std::vector<std::string> kernels;
    for (std::size_t i : nodes) kernels.push_back(dataflow.nodes[i].name);
    findings.add(
        choice.place,
        fmt::format("'{}' has {} kernels, but one top module is given", choice.name, nodes.size()),
        "name one of " + join(kernels));
  }
  return nodes;
}

/// The kernels that are to become RTL, without their sources.
std::map<std::size_t, Chosen> choose(const Dataflow& dataflow,
                                     const std::vector<CosimChoice>& choices, Findings& findings) {
  std::map<std::size_t, Chosen> chosen;  // a later choice replaces an earlier one
  for (const CosimChoice& choice : choices) {
    for (std::size_t node : meant(choice, dataflow, findings)) {
      chosen.erase(node);
      if (!choice.rtl) continue;
      chosen.emplace(node, Chosen{node, &choice, {}});
    }
  }
  return chosen;
}

std::unique_ptr<RtlInstance> instantiate(const Chosen& one, const KernelNode& node,
                                         const CompiledRtl& compiled) {
  if (one.module) return instantiate(node.name, *node.kernel, *one.module, compiled);
  const ForeignRtl& rtl = *one.choice->foreign;
  return std::make_unique<RtlInstance>(node.name, compiled, node.kernel->inputs(),
                                       node.kernel->outputs(), rtl.ports, rtl.directory);
}

}  // namespace

RtlSource foreign_source(const std::string& name, const ForeignRtl& rtl) {
  RtlSource source;
  source.kernel = name;
  source.top = rtl.top;
  source.files = rtl.sources;
  source.include_dirs = rtl.include_dirs;
  source.parameters = rtl.parameters;
  source.defines = rtl.defines;
  source.ports = rtl.ports;
  return source;
}

std::unique_ptr<RtlInstance> instantiate(const std::string& name, const Kernel& kernel,
                                         const RtlModule& module, const CompiledRtl& compiled) {
  const MemoryFiles memories(module.memories);
  return std::make_unique<RtlInstance>(name, compiled, kernel.inputs(), kernel.outputs(), PortMap{},
                                       memories.directory());
}

void check_rtl(const Dataflow& dataflow, const std::vector<CosimChoice>& choices,
               Findings& findings) {
  std::map<const CosimChoice*, std::vector<std::string>> without;  // RTL of the timing they have
  for (const auto& [node, one] : choose(dataflow, choices, findings)) {
    const KernelNode& kernel = dataflow.nodes[node];
    if (kernel.calibrated && !one.choice->foreign) without[one.choice].push_back(kernel.name);
  }
  for (const auto& [choice, kernels] : without) {
    findings.add(choice->place,
                 fmt::format("our RTL does not have the timing of calibration '{}', as have {}",
                             dataflow.calibration->name, join(kernels)),
                 "give their RTL by 'sources' and 'top', or leave out 'kernels'");
  }
}

Cosim add_rtl(Dataflow& dataflow, const std::vector<CosimChoice>& choices,
              const std::function<void(const std::string&)>& progress) {
  Cosim cosim;
  Findings none;
  std::vector<Chosen> chosen;
  std::vector<RtlSource> sources;
  for (auto& [node, one] : choose(dataflow, choices, none)) {
    const KernelNode& kernel = dataflow.nodes[node];
    if (!one.choice->foreign) {
      one.module = kernel.kernel->rtl();
      if (!one.module) throw RtlError(fmt::format("{}: there is no RTL of it", kernel.name));
    }
    sources.push_back(one.module ? wrap_kernel(kernel.name, *kernel.kernel, *one.module)
                                 : foreign_source(kernel.name, *one.choice->foreign));
    chosen.push_back(one);
  }
  if (chosen.empty()) return cosim;
  const std::vector<CompiledRtl> compiled = RtlCache(cache_directory()).get_all(sources, progress);

  for (std::size_t i = 0; i < chosen.size(); ++i) {
    KernelNode& node = dataflow.nodes[chosen[i].node];
    std::unique_ptr<RtlInstance> instance = instantiate(chosen[i], node, compiled[i]);
    CosimKernel entry;
    entry.kernel = node.name;
    entry.top = compiled[i].top;
    if (chosen[i].choice->compare) {
      auto lockstep = std::make_unique<LockstepKernel>(node.name, std::move(node.kernel),
                                                       std::move(instance), cosim.ended);
      entry.lockstep = lockstep.get();
      node.kernel = std::move(lockstep);
    } else {
      const auto on_stop = [ended = cosim.ended, failure = entry.failure, name = node.name](
                               Cycle now, const std::string& said) {
        *ended = true;
        *failure += fmt::format("{}: the RTL ended itself in cycle {}:\n{}", name, now, said);
      };
      node.kernel =
          std::make_unique<RtlKernel>(std::move(node.kernel), std::move(instance), on_stop);
    }
    cosim.kernels.push_back(std::move(entry));
  }
  return cosim;
}

}  // namespace qnnsim
