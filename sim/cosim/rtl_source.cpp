// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "sim/cosim/wire_bits.h"
#include "sim/installation.h"

namespace qnnsim {
namespace fs = std::filesystem;
namespace {

/// One stream of the wrapper.
struct WrappedStream {
  std::string name;    ///< "s_axis_0"
  std::string prefix;  ///< of the kernel's ports
  std::int64_t bits = 0;
  std::int64_t padded() const { return (bits + 7) / 8 * 8; }
};

std::vector<WrappedStream> wrapped(const std::string& name, const std::vector<Port>& ports,
                                   const std::vector<std::string>& prefixes) {
  std::vector<WrappedStream> streams;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string& prefix = prefixes.at(std::min(i, prefixes.size() - 1));
    streams.push_back({fmt::format("{}_{}", name, i), prefix, ports[i].width_bits()});
  }
  return streams;
}

/// `{last, ..., first}`: the kernel's ports bear the first stream in the least significant bits.
template <typename Expression>
std::string side_by_side(const std::vector<WrappedStream>& streams, const std::string& prefix,
                         Expression expression) {
  std::string text;
  for (auto stream = streams.rbegin(); stream != streams.rend(); ++stream) {
    if (stream->prefix != prefix) continue;
    text += (text.empty() ? "" : ", ") + expression(*stream);
  }
  return text.find(',') == std::string::npos ? text : "{" + text + "}";
}

std::vector<std::string> distinct_prefixes(const std::vector<WrappedStream>& streams) {
  std::vector<std::string> prefixes;
  for (const WrappedStream& stream : streams) {
    if (std::find(prefixes.begin(), prefixes.end(), stream.prefix) == prefixes.end()) {
      prefixes.push_back(stream.prefix);
    }
  }
  return prefixes;
}

std::string payload(const WrappedStream& stream) {
  return fmt::format("{}_tdata[{}:0]", stream.name, stream.bits - 1);
}

std::string wrapper_text(const std::string& top, const RtlModule& module,
                         const std::vector<WrappedStream>& inputs,
                         const std::vector<WrappedStream>& outputs) {
  std::string ports = "  input  wire aclk,\n  input  wire aresetn";
  std::string padding;
  const auto declare = [&](const WrappedStream& stream, const char* forward, const char* back) {
    ports += fmt::format(",\n  {} wire {}_tvalid,\n  {} wire {}_tready,\n  {} wire [{}:0] {}_tdata",
                         forward, stream.name, back, stream.name, forward, stream.padded() - 1,
                         stream.name);
  };
  for (const WrappedStream& stream : inputs) declare(stream, "input ", "output");
  for (const WrappedStream& stream : outputs) {
    declare(stream, "output", "input ");
    if (stream.padded() == stream.bits) continue;
    padding += fmt::format("  assign {}_tdata[{}:{}] = 0;\n", stream.name, stream.padded() - 1,
                           stream.bits);
  }

  std::vector<std::string> pins = {".clk_i(aclk)", ".rst_ni(aresetn)"};
  const auto pin = [&](const std::string& name, const std::string& expression) {
    pins.push_back(fmt::format(".{}({})", name, expression));
  };
  const auto valid = [](const WrappedStream& stream) { return stream.name + "_tvalid"; };
  const auto ready = [](const WrappedStream& stream) { return stream.name + "_tready"; };
  for (const std::string& prefix : distinct_prefixes(inputs)) {
    pin(prefix + "valid_i", side_by_side(inputs, prefix, valid));
    pin(prefix + "ready_o", side_by_side(inputs, prefix, ready));
    pin(prefix + "data_i", side_by_side(inputs, prefix, payload));
  }
  for (const auto& [prefix, bits] : module.unused_inputs) {
    pin(prefix + "valid_i", "1'b0");
    pin(prefix + "ready_o", "");
    pin(prefix + "data_i", fmt::format("{}'d0", bits));
  }
  for (const std::string& prefix : distinct_prefixes(outputs)) {
    pin(prefix + "valid_o", side_by_side(outputs, prefix, valid));
    pin(prefix + "ready_i", side_by_side(outputs, prefix, ready));
    pin(prefix + "data_o", side_by_side(outputs, prefix, payload));
  }

  std::vector<std::string> parameters;
  for (const auto& [name, value] : module.parameters) {
    parameters.push_back(fmt::format(".{}({})", name, value));
  }
  return fmt::format(
      "module {} (\n{}\n);\n{}  {} #(\n    {}\n  ) u_kernel (\n    {}\n  );\nendmodule\n", top,
      ports, padding, module.module, fmt::join(parameters, ",\n    "), fmt::join(pins, ",\n    "));
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw RtlError(fmt::format("cannot read '{}'", path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The file of `module` and of every module under it. File = module, so a name that is mentioned
/// and is a file is a dependency; one too many does no harm.
std::vector<std::string> files_of(const std::string& module) {
  const fs::path directory = installed_directory("rtl");
  std::vector<std::string> files;
  std::set<std::string> seen = {module};
  std::vector<std::string> open = {module};
  while (!open.empty()) {
    const fs::path path = directory / (open.back() + ".sv");
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
      if (word.rfind("qnn_", 0) != 0 || !fs::exists(directory / (word + ".sv"))) continue;
      if (seen.insert(word).second) open.push_back(word);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

RtlSource wrap_kernel(const std::string& name, const Kernel& kernel, const RtlModule& module) {
  RtlSource source;
  source.kernel = name;
  source.top = module.module + "_axis";
  source.text =
      wrapper_text(source.top, module, wrapped("s_axis", kernel.inputs(), module.input_prefixes),
                   wrapped("m_axis", kernel.outputs(), module.output_prefixes));
  source.files = files_of(module.module);
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
