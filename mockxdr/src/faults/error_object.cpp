#include "faults.hpp"
#include "request_reader.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

constexpr std::int64_t largest_code = 99'999;

}  // namespace

std::optional<ErrorObject> read_error_object(ObjectReader& reply) {
    const auto place = reply.find("error_object");
    if (!place) return std::nullopt;
    ObjectReader object(*place, reply.findings());
    ErrorObject fault;
    fault.err_code = object.integer("err_code", 0, largest_code).value_or(fault.err_code);
    fault.err_msg = object.text("err_msg").value_or(std::string(generic_error));
    if (const auto extra = object.find("err_extra")) fault.err_extra = extra->value;
    object.finish();
    return fault;
}

std::string text_of(const ErrorObject& fault) {
    return "error object " + std::to_string(fault.err_code) + " with status 200";
}

HttpReply apply(const ErrorObject& fault, const Regular& regular) {
    const bool flat = regular.options.error_form == ErrorForm::flat;
    const json::Value code =
        flat ? json::Value(std::to_string(fault.err_code)) : json::Value(fault.err_code);
    const json::Value error =
        json::Object{{.key = "err_code", .value = code, .at = {}},
                     {.key = "err_msg", .value = fault.err_msg, .at = {}},
                     {.key = "err_extra", .value = fault.err_extra, .at = {}}};
    HttpReply reply = flat ? HttpReply{.body = json::write(error)} : write_reply(error);
    reply.date = regular.reply.date;
    return reply;
}

}  // namespace mockxdr
