// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/harness.h"

#include <fmt/format.h>

namespace qnnsim {
namespace {

/// As Verilator spells a Verilog name in C++: two underscores would end a scope.
std::string member_name(const std::string& port) {
  std::string name;
  for (std::size_t i = 0; i < port.size(); ++i) {
    if (port[i] == '_' && i + 1 < port.size() && port[i + 1] == '_') {
      name += "___05F";
      ++i;
    } else {
      name += port[i];
    }
  }
  return name;
}

constexpr const char* kFunctions = R"(
struct Kernel {
  VerilatedContext context;
  Vkernel top{&context};
  std::string said;
  int stopped = 0;
};

// The kernel that is being evaluated: Verilator's callbacks do not tell.
static Kernel* current;

int qnn_print(const char* format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  const int size = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  constexpr std::size_t kMost = 1 << 16;
  if (current->said.size() < kMost) current->said += text;
  return size;
}
void vl_finish(const char*, int, const char*) { current->stopped = 1; }
void vl_stop(const char*, int, const char*) { current->stopped = 1; }
// Verilator expects no return: a combinational loop would go on for ever.
struct Fatal {};
void vl_fatal(const char* file, int line, const char*, const char* message) {
  qnn_print("%s:%d: %s\n", file, line, message);
  current->stopped = 1;
  throw Fatal();
}

#define QNN_EXPORT extern "C" __attribute__((visibility("default")))
QNN_EXPORT void* qnn_create() { return new Kernel; }
QNN_EXPORT void qnn_destroy(void* kernel) { delete static_cast<Kernel*>(kernel); }
QNN_EXPORT void qnn_eval(void* kernel) {
  current = static_cast<Kernel*>(kernel);
  try {
    current->top.eval();
  } catch (const Fatal&) {
  }
}
QNN_EXPORT const int* qnn_stopped(void* kernel) { return &static_cast<Kernel*>(kernel)->stopped; }
QNN_EXPORT const char* qnn_said(void* kernel) {
  return static_cast<Kernel*>(kernel)->said.c_str();
}
)";

}  // namespace

std::string harness_header() {
  return "#include <cstdarg>\n"
         "#include <cstdio>\n"
         "#include <string>\n"
         "int qnn_print(const char* format, ...) __attribute__((format(printf, 1, 2)));\n"
         "#define VL_PRINTF qnn_print\n"
         "#define VL_USER_FINISH\n"
         "#define VL_USER_STOP\n"
         "#define VL_USER_FATAL\n"
         "#include \"verilated.h\"\n";
}

std::string harness_text(const std::vector<std::string>& generated,
                         const std::vector<std::string>& ports) {
  std::string text;
  for (const std::string& file : generated) text += fmt::format("#include \"{}\"\n", file);
  text += kFunctions;
  text +=
      "QNN_EXPORT void* qnn_port(void* kernel, int index) {\n"
      "  Vkernel& top = static_cast<Kernel*>(kernel)->top;\n"
      "  switch (index) {\n";
  for (std::size_t i = 0; i < ports.size(); ++i) {
    text += fmt::format("    case {}: return &top.{};\n", i, member_name(ports[i]));
  }
  text += "  }\n  return nullptr;\n}\n";
  return text;
}

}  // namespace qnnsim
