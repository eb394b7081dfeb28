// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "sim/cosim/rtl_text.h"
#include "sim/cosim/wire_bits.h"
#include "sim/installation.h"

namespace qnnsim {
namespace fs = std::filesystem;
namespace {

/// One stream of the wrapper.
struct WrappedStream {
  std::string name;  ///< "s_axis_0"
  std::int64_t bits = 0;
  std::int64_t padded() const { return (bits + 7) / 8 * 8; }
  StreamWires wires() const {
    return {name + "_tvalid", name + "_tready", name + "_tdata" + range_text(bits)};
  }
};

std::vector<WrappedStream> wrapped(const std::string& name, const std::vector<Port>& ports) {
  std::vector<WrappedStream> streams;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    streams.push_back({fmt::format("{}_{}", name, i), ports[i].width_bits()});
  }
  return streams;
}

std::vector<StreamWires> wires_of(const std::vector<WrappedStream>& streams) {
  std::vector<StreamWires> wires;
  for (const WrappedStream& stream : streams) wires.push_back(stream.wires());
  return wires;
}

std::string wrapper_text(const std::string& top, const RtlModule& module,
                         const std::vector<WrappedStream>& inputs,
                         const std::vector<WrappedStream>& outputs) {
  std::string ports = "  input  wire aclk,\n  input  wire aresetn";
  std::string padding;
  const auto declare = [&](const WrappedStream& stream, const char* forward, const char* back) {
    ports += fmt::format(",\n  {} wire {}_tvalid,\n  {} wire {}_tready,\n  {} wire {} {}_tdata",
                         forward, stream.name, back, stream.name, forward,
                         range_text(stream.padded()), stream.name);
  };
  for (const WrappedStream& stream : inputs) declare(stream, "input ", "output");
  for (const WrappedStream& stream : outputs) {
    declare(stream, "output", "input ");
    if (stream.padded() == stream.bits) continue;
    padding += fmt::format("  assign {}_tdata[{}:{}] = 0;\n", stream.name, stream.padded() - 1,
                           stream.bits);
  }
  Bindings pins = {{"clk_i", "aclk"}, {"rst_ni", "aresetn"}};
  const Bindings streams = stream_pins(module, wires_of(inputs), wires_of(outputs));
  pins.insert(pins.end(), streams.begin(), streams.end());
  return fmt::format("module {} (\n{}\n);\n{}{}endmodule\n", top, ports, padding,
                     instance_text(module.module, module.parameters, "u_kernel", pins));
}

/// The file of `module` below rtl/; that may not exist.
fs::path module_path(const std::string& module) {
  const fs::path directory = installed_directory("rtl");
  const std::string file = module + ".sv";
  const fs::path of_engine = directory / "kraken" / file;
  return fs::exists(of_engine) ? of_engine : directory / file;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw RtlError(fmt::format("cannot read '{}'", path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

// File = module, so a name that is mentioned and is a file is a dependency; one too many does no
// harm.
std::vector<std::string> module_files(const std::set<std::string>& modules) {
  std::vector<std::string> files;
  std::set<std::string> seen = modules;
  std::vector<std::string> open(modules.begin(), modules.end());
  while (!open.empty()) {
    const fs::path path = module_path(open.back());
    open.pop_back();
    const std::string text = read_file(path);
    files.push_back(path.string());
    const auto is_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
    };
    for (auto begin = text.begin(); begin != text.end();) {
      begin = std::find_if(begin, text.end(), is_word);
      const auto end = std::find_if_not(begin, text.end(), is_word);
      const std::string word(begin, end);
      begin = end;
      if (word.rfind("qnn_", 0) != 0 || seen.count(word) > 0) continue;
      if (!fs::exists(module_path(word))) continue;
      seen.insert(word);
      open.push_back(word);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

RtlSource wrap_kernel(const std::string& name, const Kernel& kernel, const RtlModule& module) {
  RtlSource source;
  source.kernel = name;
  source.top = module.module + "_axis";
  source.text = wrapper_text(source.top, module, wrapped("s_axis", kernel.inputs()),
                             wrapped("m_axis", kernel.outputs()));
  source.files = module_files({module.module});
  return source;
}

std::string memory_text(const RtlMemory& memory) {
  const std::int64_t bits = std::int64_t{memory.lanes} * memory.type.bits();
  const auto digits = static_cast<std::size_t>((bits + 3) / 4);
  std::vector<std::uint64_t> words(words_for(bits));
  std::string text;
  const auto lanes = static_cast<std::size_t>(memory.lanes);
  text.reserve(memory.values.size() / lanes * (digits + 1));
  for (std::size_t first = 0; first < memory.values.size(); first += lanes) {
    pack_lanes(&memory.values[first], memory.lanes, memory.type, words.data());
    text += hex_text(words.data(), bits);
    text += '\n';
  }
  return text;
}

}  // namespace qnnsim
