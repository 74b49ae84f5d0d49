// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/rest_request.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/rest/rest_query.h"

namespace rds_csi::sim {
namespace {

using Json = nlohmann::json;
using Answer = RestCall::Answer;

absl::Status NoSuchCommand(std::string_view name) {
  return absl::InvalidArgumentError(fmt::format("no such command or directory ({})", name));
}

// What is behind the menus of a path: the id or the verb.
struct Target {
  std::string menu;
  std::vector<std::string> rest;
};

absl::StatusOr<Target> FindMenu(const Schema& schema, const std::vector<std::string>& path) {
  if (path.size() < 2 || path[0] != "rest") return NoSuchCommand(path.empty() ? "" : path[0]);
  Target target;
  const SchemaNode* node = &schema.root();
  size_t i = 1;
  for (; i < path.size(); ++i) {
    const SchemaNode* child = node->Find(path[i]);
    if (child == nullptr || child->kind != SchemaNode::Kind::kMenu) break;
    target.menu += "/" + path[i];
    node = child;
  }
  target.rest.assign(path.begin() + static_cast<ptrdiff_t>(i), path.end());
  return target;
}

absl::StatusOr<std::string> TextOf(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (value.is_null()) return std::string();
  return absl::InvalidArgumentError(fmt::format("invalid value of {}", name));
}

absl::StatusOr<std::vector<std::string>> ListOf(const std::string& name, const Json& value) {
  if (value.is_string()) return SplitList(value.get<std::string>());
  std::vector<std::string> items;
  if (!value.is_array())
    return absl::InvalidArgumentError(fmt::format("invalid value of {}", name));
  for (const Json& item : value) {
    SIM_ASSIGN_OR_RETURN(std::string text, TextOf(name, item));
    items.push_back(std::move(text));
  }
  return items;
}

absl::Status AddArgument(const Schema& schema, const std::string& name, const std::string& value,
                         RestCall& call) {
  Command& command = call.command;
  const bool known = schema.HasArgument(command.menu, command.verb, name) || name == ".id";
  if (!known) return absl::InvalidArgumentError(fmt::format("unknown parameter {}", name));
  if (name == "count-only") {
    call.count_only = true;
  } else {
    command.arguments[name] = value;
  }
  return absl::OkStatus();
}

absl::Status AddBody(const Schema& schema, const std::string& body, RestCall& call) {
  if (body.find_first_not_of(" \t\r\n") == std::string::npos) return absl::OkStatus();
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError("invalid JSON object");
  for (const auto& [name, value] : json.items()) {
    if (name == ".proplist") {
      SIM_ASSIGN_OR_RETURN(call.proplist, ListOf(name, value));
    } else if (name == ".query") {
      SIM_ASSIGN_OR_RETURN(const std::vector<std::string> words, ListOf(name, value));
      SIM_ASSIGN_OR_RETURN(call.command.where, ParseQuery(words));
    } else {
      SIM_ASSIGN_OR_RETURN(const std::string text, TextOf(name, value));
      SIM_RETURN_IF_ERROR(AddArgument(schema, name, text, call));
    }
  }
  return absl::OkStatus();
}

Condition Equal(std::string_view name, std::string_view value) {
  return Condition::Compare(Condition::Op::kEqual, name, value);
}

// GET's filters; any property may be one, and one that no row has matches nothing.
void AddFilters(const HttpRequest& request, RestCall& call) {
  for (const auto& [name, value] : request.query) {
    if (name == ".proplist") {
      call.proplist = SplitList(value);
    } else {
      call.command.where = Condition::Both(std::move(call.command.where), Equal(name, value));
    }
  }
}

Condition NamedRow(const std::string& menu, const std::string& name) {
  if (name.rfind('*', 0) == 0) return Equal(".id", name);
  return Equal(menu == "/disk" ? "slot" : "name", name);
}

bool IsOneObject(const std::string& menu) {
  return menu == "/system/resource" || menu == "/system/identity";
}

absl::StatusOr<RestCall> ParseGet(const HttpRequest& request, const Target& target) {
  RestCall call;
  call.command.menu = target.menu;
  call.command.verb = "print";
  call.answer = IsOneObject(target.menu) ? Answer::kRow : Answer::kRows;
  AddFilters(request, call);
  if (target.rest.empty()) return call;
  call.command.where = NamedRow(target.menu, target.rest[0]);
  call.answer = Answer::kRow;
  return call;
}

absl::StatusOr<RestCall> ParseWrite(const Schema& schema, const HttpRequest& request,
                                    const Target& target) {
  RestCall call;
  call.command.menu = target.menu;
  if (request.method == "PUT") {
    call.command.verb = "add";
    call.answer = Answer::kCreated;
  } else {
    call.command.verb = request.method == "PATCH" ? "set" : "remove";
    call.answer = request.method == "PATCH" ? Answer::kChanged : Answer::kDeleted;
  }
  if (target.rest.size() != (request.method == "PUT" ? 0U : 1U) ||
      !schema.HasCommand(target.menu, call.command.verb)) {
    return NoSuchCommand(target.rest.empty() ? call.command.verb : target.rest.back());
  }
  SIM_RETURN_IF_ERROR(AddBody(schema, request.body, call));
  if (!target.rest.empty()) {
    call.command.arguments.erase("numbers");
    call.command.arguments[".id"] = target.rest[0];
  }
  return call;
}

absl::StatusOr<RestCall> ParsePost(const Schema& schema, const HttpRequest& request,
                                   const Target& target) {
  RestCall call;
  call.command.menu = target.menu;
  if (target.rest.size() != 1 || !schema.HasCommand(target.menu, target.rest[0])) {
    return NoSuchCommand(target.rest.empty() ? target.menu : target.rest[0]);
  }
  call.command.verb = target.rest[0];
  call.answer = call.command.verb == "print" ? Answer::kRows : Answer::kResult;
  SIM_RETURN_IF_ERROR(AddBody(schema, request.body, call));
  if (target.menu.empty() && call.command.verb == "execute") {
    call.script = call.command.Find("script").value_or("");
    call.as_string = call.command.Find("as-string").has_value();
  }
  return call;
}

}  // namespace

absl::StatusOr<RestCall> ParseRest(const Schema& schema, const HttpRequest& request) {
  SIM_ASSIGN_OR_RETURN(const Target target, FindMenu(schema, request.path));
  if (request.method == "POST") return ParsePost(schema, request, target);
  if (target.rest.size() > 1 || target.menu.empty()) {
    return NoSuchCommand(target.rest.empty() ? target.menu : target.rest.back());
  }
  if (request.method != "GET") return ParseWrite(schema, request, target);
  if (!schema.HasCommand(target.menu, "print")) return NoSuchCommand(target.menu);
  return ParseGet(request, target);
}

}  // namespace rds_csi::sim
