// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/module_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <pugixml.hpp>
#include <string_view>

#include "sim/cosim/rtl_ports.h"
#include "sim/diagnostics.h"

namespace qnnsim {
namespace {

/// The value of a constant as Verilator writes it: 32'sh3.
std::int64_t constant_value(const std::string& text) {
  const std::size_t radix = text.find('h');
  if (radix == std::string::npos) return 0;
  return static_cast<std::int32_t>(std::strtoul(text.c_str() + radix + 1, nullptr, 16));
}

/// The widths of the types of a design, by their number in Verilator's type table.
class TypeTable {
 public:
  explicit TypeTable(const pugi::xml_node& netlist) {
    for (const pugi::xml_node& type : netlist.child("typetable")) {
      types_[type.attribute("id").value()] = type;
    }
  }

  /// [bits]; 0 for what is no vector.
  std::int64_t width(const std::string& id) const {
    const auto found = types_.find(id);
    return found == types_.end() ? 0 : width(found->second);
  }

 private:
  std::int64_t width(const pugi::xml_node& type) const {
    const std::string_view kind = type.name();
    if (kind == "basicdtype") return basic_width(type);
    if (kind == "packarraydtype") return elements(type.child("range")) * sub_width(type);
    if (kind == "structdtype") return member_width(type, true);
    if (kind == "uniondtype") return member_width(type, false);
    if (kind == "enumdtype" || kind == "refdtype") return sub_width(type);
    return 0;
  }

  static std::int64_t basic_width(const pugi::xml_node& type) {
    const std::string_view name = type.attribute("name").value();
    if (name == "real" || name == "string" || name == "chandle" || name == "event") return 0;
    // A single bit has no range.
    const std::int64_t left = type.attribute("left").as_llong();
    return std::abs(left - type.attribute("right").as_llong()) + 1;
  }

  static std::int64_t elements(const pugi::xml_node& range) {
    const pugi::xml_node left = range.first_child();
    return std::abs(constant_value(left.attribute("name").value()) -
                    constant_value(left.next_sibling().attribute("name").value())) +
           1;
  }

  std::int64_t sub_width(const pugi::xml_node& type) const {
    return width(type.attribute("sub_dtype_id").value());
  }

  /// The members of a struct stand side by side, those of a union on top of one another.
  std::int64_t member_width(const pugi::xml_node& type, bool side_by_side) const {
    std::int64_t result = 0;
    for (const pugi::xml_node& member : type.children("memberdtype")) {
      const std::int64_t bits = sub_width(member);
      if (bits == 0) return 0;
      result = side_by_side ? result + bits : std::max(result, bits);
    }
    return result;
  }

  std::map<std::string, pugi::xml_node> types_;
};

pugi::xml_node find_module(const pugi::xml_node& netlist, const std::string& top) {
  std::vector<std::string> others;
  for (const pugi::xml_node& module : netlist.children("module")) {
    if (top == module.attribute("name").value()) return module;
    others.emplace_back(module.attribute("origName").value());
  }
  throw RtlPortError(fmt::format("there is no module '{}'; modules found: {}", top,
                                 others.empty() ? "none" : join(others)));
}

ModulePort::Direction direction(std::string_view text) {
  if (text == "input") return ModulePort::Direction::kInput;
  if (text == "output") return ModulePort::Direction::kOutput;
  return ModulePort::Direction::kInout;
}

}  // namespace

std::vector<ModulePort> read_module_ports(const std::string& xml, const std::string& top) {
  pugi::xml_document document;
  if (const auto parsed = document.load_buffer(xml.data(), xml.size()); !parsed) {
    throw RtlPortError(fmt::format("Verilator's XML cannot be read: {}", parsed.description()));
  }
  const pugi::xml_node netlist = document.child("verilator_xml").child("netlist");
  const TypeTable types(netlist);
  std::map<int, ModulePort> by_position;  // declarations may come in another order
  for (const pugi::xml_node& variable : find_module(netlist, top).children("var")) {
    const pugi::xml_attribute way = variable.attribute("dir");
    const pugi::xml_attribute position = variable.attribute("pinIndex");
    if (!way || !position) continue;
    by_position[position.as_int()] = {
        variable.attribute("name").value(), direction(way.value()),
        static_cast<int>(types.width(variable.attribute("dtype_id").value()))};
  }
  std::vector<ModulePort> ports;
  ports.reserve(by_position.size());
  for (auto& [position, port] : by_position) ports.push_back(std::move(port));
  return ports;
}

std::string declaration(const ModulePort& port) {
  const char* way = port.direction == ModulePort::Direction::kInput    ? "input"
                    : port.direction == ModulePort::Direction::kOutput ? "output"
                                                                       : "inout";
  if (port.width_bits == 0) return fmt::format("{} {} (no vector)", way, port.name);
  if (port.width_bits == 1) return fmt::format("{} {}", way, port.name);
  return fmt::format("{} [{}:0] {}", way, port.width_bits - 1, port.name);
}

}  // namespace qnnsim
