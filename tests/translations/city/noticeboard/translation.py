from modeltranslation.translator import TranslationOptions, register

from noticeboard.models import Notice


@register(Notice)
class NoticeTranslation(TranslationOptions):
    fields = ("title",)
