from django.db import models


class Notice(models.Model):
    title = models.CharField(max_length=80)

    def __str__(self):
        return self.title
