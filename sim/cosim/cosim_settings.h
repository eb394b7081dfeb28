// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/cosim/rtl_ports.h"
#include "sim/diagnostics.h"
#include "sim/yaml_reader.h"

namespace qnnsim {

/// A kernel in RTL that is not qnnsim's. Paths are absolute.
struct ForeignRtl {
  std::vector<std::string> sources;
  std::vector<std::string> include_dirs;
  std::string top;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< name, Verilog literal
  std::vector<std::pair<std::string, std::string>> defines;     ///< name, text; may be empty
  PortMap ports;
  std::string directory;  ///< where the kernel's initial blocks open files ($readmemh)
  Place place;
};

/// How a scenario runs one layer or kernel: as a model, or as RTL beside or in place of it.
struct CosimChoice {
  std::string name;                   ///< of a layer or a kernel, or "all"
  bool rtl = true;                    ///< else the model
  bool compare = true;                ///< run the model beside the RTL
  std::optional<ForeignRtl> foreign;  ///< nothing: qnnsim's own RTL
  Place place;
};

/// The keys that a layer or kernel may have in the section `cosim`.
const std::vector<std::string>& cosim_keys();

/// Reads `sources`, `top` and all that describes RTL. Files and directories must be there.
ForeignRtl read_foreign_rtl(YamlReader& reader, Findings& findings);

/// Reads the section `cosim` of a scenario. The more a name says the later it comes: a choice is to
/// replace those before it.
std::vector<CosimChoice> read_cosim(YamlReader reader, Findings& findings);

}  // namespace qnnsim
